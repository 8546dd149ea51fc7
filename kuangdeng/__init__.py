"""Kuangdeng (矿灯): the system an underground coal mine runs its safety and its learning on."""

__version__ = "0.1.0"
