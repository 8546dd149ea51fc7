"""Pages of the hazard loop: report, lists, one hazard and its verbs, queues."""
