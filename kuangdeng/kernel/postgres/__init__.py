"""A PostgreSQL of our own under the data folder, for a mine without a database server.

Why not the wheel's own `get_server()`: as root it adds system users and opens parent folders to everybody, and it
leaves the server running after a signal. Here only its binaries are used. The rules of this package:

* the server is a child of the process that started it and ends with it, also when that process is killed;
* nothing listens on the network: one Unix socket, and the system says who is at the other end (peer);
* no permission is changed on a folder that was not made here;
* as root the server runs as an unprivileged user. Where that user cannot reach the data or the binaries (a checkout
  under a 700 home), they live under /var/lib/kuangdeng-embedded, made by us, and `data/postgres` becomes a link to it.

The package knows no Django and may be swapped: everything else only needs the address it gives.
"""

from kuangdeng.kernel.postgres.accounts import Account
from kuangdeng.kernel.postgres.binaries import Binaries, embedded_binaries, find_binaries, system_binaries
from kuangdeng.kernel.postgres.cluster import DATABASE, ROLE, SETTINGS, SOCKET_NAME, THROW_AWAY, Cluster, database
from kuangdeng.kernel.postgres.processes import dies_with_parent
from kuangdeng.kernel.postgres.trouble import AlreadyRunning, DatabaseTrouble

__all__ = [
    "DATABASE",
    "ROLE",
    "SETTINGS",
    "SOCKET_NAME",
    "THROW_AWAY",
    "Account",
    "AlreadyRunning",
    "Binaries",
    "Cluster",
    "DatabaseTrouble",
    "database",
    "dies_with_parent",
    "embedded_binaries",
    "find_binaries",
    "system_binaries",
]
