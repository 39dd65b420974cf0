"""One warm kernel for many notebooks: papermill's engine `warm` keeps it and empties its namespace in between.

A kernel takes three to four seconds to start and to import; a report of thirty pages starts one a process instead of
thirty. Every notebook begins with an empty namespace and with cell number 1.
"""

from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger

_RESET = "get_ipython().reset(new_session=True, aggressive=False)"
#: No history file, and no word on the transport: the kernel listens on this machine only and its messages are signed.
_QUIET = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=40"]
_held: dict[str, Any] = {}


class WarmKernelEngine(NBClientEngine):
    """Runs a notebook in the process's kernel."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any) -> None:
        client = PapermillNotebookClient(nb_man, km=_manager(kernel_name), kernel_name=kernel_name, log=logger)
        client.kc = _held.get("client")
        try:
            if client.kc is None:
                client.start_new_kernel_client()
                _held["client"] = client.kc
            client.wait_for_reply(client.kc.execute(_RESET, silent=True, store_history=False))
            client.execute()
        except BaseException:
            stop_kernel()
            raise


def start_kernel(folder: Path, kernel_name: str = "python3") -> None:
    """Start the process's kernel in `folder`; it gets ready while the process goes on."""
    manager = AsyncKernelManager(kernel_name=kernel_name)
    run_sync(manager.start_kernel)(cwd=str(folder), extra_arguments=_QUIET)
    _held.update(manager=manager, name=kernel_name, folder=folder)


def stop_kernel() -> None:
    """Stop the process's kernel, if there is one."""
    manager, client = _held.get("manager"), _held.get("client")
    _held.clear()
    if client is not None:
        client.stop_channels()
    if manager is not None and manager.has_kernel:
        run_sync(manager.shutdown_kernel)(now=True)


def _manager(kernel_name: str) -> AsyncKernelManager:
    if _held.get("manager") is None or _held["name"] != kernel_name:
        folder = _held.get("folder", Path.cwd())
        stop_kernel()
        start_kernel(folder, kernel_name)
    return _held["manager"]


papermill_engines.register("warm", WarmKernelEngine)
