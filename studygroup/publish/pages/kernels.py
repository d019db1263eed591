"""Kernels that run one notebook after the other, and forget in between; and papermill's engine that uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from studygroup.errors import PageError

KERNEL = "python3"

OnCell = Callable[[int, int], None]
"""Called after each cell with how many of how many are done."""

MOMENT = "STUDYGROUP_MOMENT"
"""The variable that tells a kernel the time for which a page is made, in ISO 8601; ``opened_workbook`` reads it."""

_REMEMBER = """
def _studygroup():
    import gc, os, sys, warnings
    kept = os.getcwd(), dict(os.environ), list(sys.path), list(sys.argv), list(warnings.filters)
    calls = []
    def restore():
        import IPython
        calls.append(None)
        if len(calls) == 2:
            # After the first notebook: what was imported for it stays, and need not be looked through for garbage again.
            gc.collect()
            gc.freeze()
        where, environment, sys.path[:], sys.argv[:], filters = kept
        os.chdir(where)
        os.environ.clear()
        os.environ.update(environment)
        warnings.filters[:] = filters
        shell = IPython.get_ipython()
        shell.reset(new_session=True)
        shell.execution_count = 1
        shell.user_ns_hidden["_studygroup_restore"] = shell.user_ns["_studygroup_restore"] = restore
    return restore
_studygroup_restore = _studygroup()
del _studygroup
_studygroup_restore()
"""
_RESET = "_studygroup_restore()"


class Kernel:
    """A kernel in ``folder`` that runs one notebook after the other; to be used, and closed, by the thread that made it.

    Between two notebooks it forgets every name and counts its cells from 1 again, and working folder, environment, search path and warnings
    are as they were. Modules stay imported, which is what makes it quick; a notebook that changes something inside a module
    therefore needs a kernel of its own. ``now`` is the time for which its notebooks are made.

    Its process starts at once; whoever first asks for its client waits until it answers.

    Raises
    ------
    PageError
        The kernel does not start.
    """

    def __init__(self, folder: Path, now: datetime | None = None) -> None:
        from jupyter_client.manager import AsyncKernelManager
        from jupyter_core.utils import run_sync

        # A kernel tells a notebook's troubles through its messages; what its process says of its own would only get between ours.
        self._said = TemporaryFile()  # noqa: SIM115 - it stays open as long as the kernel
        self.manager = AsyncKernelManager(kernel_name=KERNEL, config=_config())
        try:
            run_sync(self.manager.start_kernel)(
                extra_arguments=_arguments(now), cwd=str(folder), stdout=self._said, stderr=self._said
            )
        except Exception as error:
            raise self._not_started(error) from error
        except BaseException:
            # Ctrl-C must not leave its process behind.
            self.close()
            raise

    @cached_property
    def client(self) -> Any:
        """What sends it cells and hears of them, once it answers."""
        from jupyter_core.utils import run_sync

        client = self.manager.client()
        try:
            client.start_channels()
            run_sync(client.wait_for_ready)(timeout=60)
            client.allow_stdin = False
            self._run(client, _REMEMBER)
        except Exception as error:
            client.stop_channels()
            raise self._not_started(error) from error
        return client

    def _not_started(self, error: Exception) -> PageError:
        """Close it, and return what to raise: the last line that its process left behind says more than that it died."""
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"{type(error).__name__}: {error}")
        self.close()
        return PageError(f"A kernel could not be started: {last}")

    def reset(self) -> None:
        """Forget what the last notebook left behind.

        Raises
        ------
        PageError
            It does not answer, or could not be reset.
        """
        self._run(self.client, _RESET)

    def _run(self, client: Any, code: str) -> None:
        from jupyter_core.utils import run_sync

        try:
            reply = run_sync(client.execute_interactive)(
                code, silent=True, store_history=False, allow_stdin=False, timeout=60, output_hook=lambda message: None
            )
        except Exception as error:
            raise PageError(f"The kernel did not answer: {type(error).__name__}: {error}") from error
        if reply["content"]["status"] != "ok":
            raise PageError(f"The kernel could not be reset: {reply['content'].get('evalue', '')}")

    async def _end(self) -> None:
        import asyncio

        # After Ctrl-C a cell may still wait for an answer, and would tell that its kernel died.
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self.manager.shutdown_kernel(now=True)

    def close(self) -> None:
        """End the kernel's process."""
        from jupyter_core.utils import run_sync

        if client := self.__dict__.get("client"):
            client.stop_channels()
        try:
            run_sync(self._end)()
        except Exception:
            # It may be dead already; or Ctrl-C came in the middle of a wait, and the loop that would end it cannot go on.
            if process := getattr(self.manager.provisioner, "process", None):
                process.kill()
                process.wait()
        self._said.close()


def _arguments(now: datetime | None) -> list[str]:
    """Return the arguments of every kernel: it keeps no history, and what runs in it is made for the time ``now``."""
    # Its history of inputs would go into a file of the person's.
    usual = ["--log-level=50", "--HistoryManager.hist_file=:memory:"]
    if now is None:
        return usual
    # An expression, so that the notebook finds no new name.
    return [*usual, f"--IPKernelApp.exec_lines=__import__('os').environ.update({MOMENT}='{now.isoformat()}')"]


def end_thread() -> None:
    """Close what running notebooks in this thread left open; to be called as the last thing of a thread that ran some."""
    from jupyter_core.utils import ensure_event_loop

    ensure_event_loop().close()


def _config() -> Any:
    """Return the configuration of every kernel: cells and outputs cross the loopback encrypted where this zmq can."""
    import zmq
    from traitlets.config import Config

    return Config({"KernelManager": {"transport_encryption": "auto" if zmq.has("curve") else "disabled"}})


@cache
def engine() -> str:
    """Return the name of papermill's usual engine with two differences: it tells of each cell, and takes a kernel that runs."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(  # type: ignore[override]
            cls, nb_man: Any, kernel_name: str, *, kernel: Kernel, on_cell: OnCell | None = None, **options: Any
        ) -> Any:
            if on_cell is not None:
                nb_man.cell_complete = _telling(nb_man, on_cell)
            runner = PapermillNotebookClient(nb_man, km=kernel.manager, kernel_name=kernel_name)  # type: ignore[no-untyped-call]
            runner.kc = kernel.client
            return runner.execute()  # type: ignore[no-untyped-call]

    papermill_engines.register("studygroup", Engine)  # type: ignore[no-untyped-call]
    return "studygroup"


def _telling(manager: Any, on_cell: OnCell) -> Callable[..., None]:
    """Return what papermill calls for each finished cell, which then tells of it."""
    complete, total = manager.cell_complete, len(manager.nb.cells)

    def cell_complete(cell: Any, cell_index: int | None = None, **details: Any) -> None:
        complete(cell, cell_index, **details)
        on_cell((cell_index or 0) + 1, total)

    return cell_complete
