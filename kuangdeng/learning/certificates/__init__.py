"""证照: certificates of special-work trades (特种作业) and managers, when they run out, and who may not go underground next
month (下月不能入井名单), each with the reason that can be looked up.
"""
