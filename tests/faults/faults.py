"""Every fault that is tried, with what to do when it befalls you."""

from tests.faults import processes, rivals, servers
from tests.faults.study import ARRAYS, COMPUTE, EXTRACTION, IMPORT, READERS, TWO_PROCESSES
from tests.faults.trying import Fault

AGAIN = "Give the same command again; it goes on where it stopped."
STARTED = "Give the same command again; the embedded server is started by it. A server of your own you start first."
ROOM = "Make room, then give the same command again."
WAIT = "Nothing, or give the command again when the other has ended."
REPLACE = "Get the file again, then give the same command again."

FAULTS = (
    Fault("kill -9 of an ingest of readers and arrays", READERS, processes.killed, AGAIN),
    Fault("kill -9 of an ingest of .npy files", ARRAYS, processes.killed, AGAIN),
    Fault("kill -9 of an extraction", EXTRACTION, processes.killed, AGAIN),
    Fault("kill -9 of compute", COMPUTE, processes.killed, AGAIN),
    Fault("kill -9 of an import", IMPORT, processes.killed, AGAIN, share=0.2),
    Fault("kill -9 of compute --jobs 2", TWO_PROCESSES, processes.killed, AGAIN),
    Fault(
        "kill -9 of a child of compute --jobs 2", TWO_PROCESSES, processes.child_killed, AGAIN, share=0.2, is_brief=True
    ),
    Fault("SIGTERM during an ingest", READERS, processes.terminated, AGAIN, share=0.2),
    Fault("SIGTERM during compute", COMPUTE, processes.terminated, AGAIN, share=0.2),
    Fault("SIGTERM during compute --jobs 2", TWO_PROCESSES, processes.terminated, AGAIN, share=0.2),
    Fault("Ctrl-C during an ingest", READERS, processes.interrupted, AGAIN, share=0.2),
    Fault("Ctrl-C during compute --jobs 2", TWO_PROCESSES, processes.interrupted, AGAIN, share=0.2),
    Fault("kill -9 of the server, ingest of readers", READERS, servers.postmaster_killed, STARTED, share=0.2),
    Fault("kill -9 of the server, ingest of .npy files", ARRAYS, servers.postmaster_killed, STARTED, share=0.2),
    Fault("kill -9 of the server, compute", COMPUTE, servers.postmaster_killed, STARTED, share=0.2),
    Fault("kill -9 of one server process during COPY", ARRAYS, servers.backend_killed, AGAIN, share=0.2, is_brief=True),
    Fault("immediate stop of the server during COPY", ARRAYS, servers.stopped_at_once, STARTED, share=0.2),
    Fault("restart of the server during an ingest", READERS, servers.restarted, AGAIN, share=0.2),
    Fault("restart of the server during compute", COMPUTE, servers.restarted, AGAIN, share=0.2),
    Fault("connection cut during an ingest", READERS, servers.connection_cut, AGAIN, share=0.2, is_brief=True),
    Fault("connection cut during compute", COMPUTE, servers.connection_cut, AGAIN, share=0.2),
    Fault("disk full during an ingest", READERS, servers.disk_full, ROOM, share=0.2),
    Fault("disk full during compute", COMPUTE, servers.disk_full, ROOM, share=0.2),
    Fault("two ingests of the same at once", READERS, rivals.two_at_once, WAIT, share=0.2),
    Fault("two computes of the same at once", COMPUTE, rivals.two_at_once, WAIT, share=0.2),
    Fault("lock lost during an ingest, and given again at once", READERS, rivals.lock_lost, AGAIN, share=0.2),
    Fault("lock lost during compute, and given again at once", COMPUTE, rivals.lock_lost, AGAIN, share=0.2),
    Fault("clock going back, ingest", READERS, rivals.clock_gone_back, AGAIN, share=0.2),
    Fault("clock going back, compute", COMPUTE, rivals.clock_gone_back, AGAIN, share=0.2),
    Fault("a broken .npy file", ARRAYS, rivals.broken_array, REPLACE, share=0.2),
    Fault("a truncated Parquet file", IMPORT, rivals.truncated_parquet, REPLACE, share=0.2, is_brief=True),
)

MIGRATIONS = Fault(
    "a migration interrupted: after every statement of the newest {newest} revisions, one in {others} of the others",
    READERS,
    processes.killed,
    AGAIN,
)
"""Tried in another way: step by step, see `schema_changes`."""
