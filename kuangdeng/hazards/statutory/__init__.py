"""法定报表: what the law asks of the mine about its hazards.

The monthly statistics with their twelve columns, the quarterly written report on major hazards, the double report
(双报告) to regulator and workers' congress, the notice to workers (告知), and the neutral export for a province's
system. Every figure leads to its hazards. What is signed is frozen; a correction is a new version with its reason.
"""
