"""What goes wrong with a database of our own, as sentences for the person at the keyboard."""


class DatabaseTrouble(Exception):
    """The database cannot run here; the text is a Chinese sentence for the person at the keyboard."""


class AlreadyRunning(DatabaseTrouble):
    """Another process on this machine holds this database."""


def explain(what: str, said: str) -> str:
    """What the server said, with what to do about the usual causes."""
    hints = {
        "No space left": "磁盘已满，请腾出空间。",
        "could not create shared memory": "共享内存不足，请加大 /dev/shm 或内存。",
        "could not resize shared memory": "共享内存不足，请加大 /dev/shm。",
        "Permission denied": "数据库用户没有权限，请检查数据目录的属主。",
        "Cannot allocate memory": "内存不足。",
        "invalid checkpoint record": "数据文件已损坏，请从备份恢复（kuangdeng restore）。",
    }
    hint = "".join(text for mark, text in hints.items() if mark in said)
    return f"{what}。{hint}数据库的原话：\n{said.strip()}"
