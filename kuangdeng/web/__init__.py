"""The shell around the contexts: menu, home per role, inbox, ledger pages, the API, the demo mine."""
