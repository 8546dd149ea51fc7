"""电子屏: the wall screens of the mine, seen from eight metres away.

A screen (电子屏) is one display with its place, its format (横屏, 竖屏, 条屏) and its playlist (播放单): ordered slots,
each one board (画面) with its seconds, days and hours. A display is paired by the six-digit pairing code (配对码) that
it shows; an old controller gets a fixed address (固定地址) for text or a picture. A notice (通知) runs among the boards,
an interrupt (紧急插播) stands alone until it ends. Whoever lost sight of a screen hears of it once per outage.

Other parts of the shell add boards: `boards.declare_board(key, label, build)`; see docs/screens.md.
"""
