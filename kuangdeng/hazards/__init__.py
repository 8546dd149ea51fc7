"""隐患: from the report underground to 销号.

A hazard is reported (上报), graded (定级), handed to one unit with its five points (下达五定), signed for (签收),
rectified (整改), accepted by somebody else (验收) and closed (销号). On the way it may be sent back, merged, voided,
fixed on the spot, extended, transferred, supervised (挂牌督办) or escalated to a major hazard (重大隐患). `rules.FLOW`
is the only order of these verbs; overdue (超期) is computed from the deadline, never stored.
"""
