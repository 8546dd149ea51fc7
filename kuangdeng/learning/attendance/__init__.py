"""签到: who was there. One implementation for study sessions (学习活动) and lessons (课次).

A sheet (签到表) belongs to one occasion of a higher part; the part makes it inside its own verb and points to it. The
room's screen shows a code that lives for seconds (扫码签到), a kiosk reads work cards (刷卡签到), a paper list is entered
afterwards with a reason and an approver (补录). Names of the missing are for the room, never for walls.
"""
