"""A service manager in small: sd_listen_fds(3), and sd_notify(3) with its store of descriptors. It starts and stops a program.

Usage: ServiceManager.py UNIT-PORT|- PROGRAM ARGUMENT...
Prints what the program says (`READY=1`, `FDSTORE=1 NAME`, `FDSTOREREMOVE=1 NAME`) and what becomes of it (`EXITED`), a line each. Reads `start`, `stop`
and `hangup`, a line each, and ends with its input.
"""
import os, select, signal, socket, sys

notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind('')  # a name of the abstract namespace that is free
unit = []
if sys.argv[1] != '-':
    listener = socket.socket()
    listener.bind(('127.0.0.1', int(sys.argv[1])))
    listener.listen(64)
    unit.append(('edge.socket', listener.fileno()))
    print('UNIT', listener.getsockname()[1], flush=True)
stored = {}  # name -> descriptor


def start():
    given = unit + list(stored.items())
    env = dict(os.environ, NOTIFY_SOCKET='@' + notify.getsockname()[1:].decode(), FDSTORE='8')
    process = os.fork()
    if process: return process
    # Above all numbers that they get, so that none is overwritten before it is moved.
    moved = [os.dup2(fd, 200 + i) for i, (_, fd) in enumerate(given)]
    for i, fd in enumerate(moved): os.dup2(fd, 3 + i)
    os.closerange(3 + len(moved), 400)
    if given: env.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(given)), LISTEN_FDNAMES=':'.join(name for name, _ in given))
    os.execvpe(sys.argv[2], sys.argv[2:], env)


def receive():
    data, fds, _, _ = socket.recv_fds(notify, 4096, 8)
    lines = data.decode().split('\n')
    name = next((line[7:] for line in lines if line.startswith('FDNAME=')), '')
    if lines[0] == 'FDSTORE=1': stored[name] = fds.pop()
    elif lines[0] == 'FDSTOREREMOVE=1' and name in stored: os.close(stored.pop(name))
    for fd in fds: os.close(fd)
    print(lines[0], name, flush=True)


child = None
buffer = b''
while True:
    for ready in select.select([notify, sys.stdin], [], [])[0]:
        if ready is notify:
            receive()
            continue
        buffer += os.read(0, 4096)
        if not buffer:
            if child: os.kill(child, signal.SIGKILL)
            sys.exit()
        while b'\n' in buffer:
            command, _, buffer = buffer.partition(b'\n')
            if command == b'hangup': os.kill(child, signal.SIGHUP)
            if command == b'stop':
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
                child = None
                while select.select([notify], [], [], 0)[0]: receive()
                print('EXITED', flush=True)
            if command == b'start': child = start()
