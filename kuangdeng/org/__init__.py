"""The mine as an organisation: 单位 units and 班组 teams, 职工 persons, 角色 roles, 地点 places, 班次 shifts, calendar.

Units move and are renamed, people change units, shift schemes change: each such fact is a row that holds from its
first day until the next row begins, so an old record keeps what was true then, and two rows can never overlap.
"""
