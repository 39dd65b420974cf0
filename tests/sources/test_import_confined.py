"""A spec's SELECT reads the files of the spec and nothing else: no other file of the machine, no address."""

import socket
import threading

import pytest

from analysis.errors import InputError

SELECT = "select id as stay_id, 'H1' as hospital_id, out as discharged_at, _file, _row from stays"
TEXT = "id,out\nS1,2023-06-04\n"


@pytest.fixture
def listener():
    """An address of this machine, and the connections that were made to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        made: list[object] = []
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                made.append(connection)
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", made
        over.set()
        thread.join()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_address_is_asked(run, listener, scheme):
    place, made = listener
    select = f"{SELECT} union all select id, 'H1', out, '', '1' from read_csv('{scheme}://{place}/x.csv')"
    with pytest.raises(InputError, match="the SELECT does not run") as caught:
        run({"stays": TEXT}, {"stays": select})
    assert made == []
    assert "tables.stays.select" in str(caught.value)


@pytest.mark.parametrize("statement", ["install httpfs", "load httpfs", "set enable_external_access = true"])
def test_a_statement_is_no_select(run, statement):
    with pytest.raises(InputError, match="the SELECT does not run"):
        run({"stays": TEXT}, {"stays": statement})


@pytest.mark.parametrize("reader", ["read_text", "read_csv", "read_blob"])
def test_no_other_file_of_the_machine_is_read(run, tmp_path, reader):
    secret = tmp_path / "secret.csv"
    secret.write_text("id,out\nS9,2023-06-04\n")
    select = f"{SELECT} where exists (select 1 from {reader}('{secret}'))"
    with pytest.raises(InputError, match="the SELECT does not run"):
        run({"stays": TEXT}, {"stays": select})
    assert not (tmp_path / "data").exists()


def test_the_files_of_the_spec_are_read(run, tmp_path):
    run({"stays": TEXT}, {"stays": SELECT})
    assert (tmp_path / "data" / "stays.parquet").is_file()
