"""A program at a terminal of its own: types what it is told to, and waits for what is to be seen.

usage: Terminal.py STEPS PROGRAM [ARGUMENT...]
STEPS is a file with a JSON array of steps, each an array:
  ["type", TEXT]            types, \u0003 for Ctrl+C
  ["see", REGEX, SECONDS]   waits for text behind what was seen last; it is over if that takes longer. Of a pause of the machine,
                            in which nothing is read here either, little counts.
Writes a JSON object: seconds (that each "see" took), text (all that came), missed (the REGEX that did not come, or null).
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

with open(sys.argv[1], encoding="utf-8") as file:
    steps = json.load(file)
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))

text, seen, seconds, missed = "", 0, [], None


def read(limit):
    """Reads what comes within a time; False at the end."""
    global text
    if not select.select([terminal], [], [], max(0, limit))[0]:
        return True
    try:
        part = os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:
        return False
    # Where the cursor is, for programs that ask.
    for _ in range(part.count("\x1b[6n")):
        os.write(terminal, b"\x1b[1;1R")
    text += part
    return bool(part)


def plain():
    return re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[=>]|\x1b\][^\x07]*\x07", "", text)


for step in steps:
    if step[0] == "type":
        os.write(terminal, step[1].encode())
        continue
    began = last = time.monotonic()
    left = step[2]
    alive = True
    while True:
        found = re.compile(step[1], re.S).search(plain(), seen)
        if found:
            seen = found.end()
            break
        now = time.monotonic()
        left -= min(now - last, 0.3)
        last = now
        if left <= 0 or not alive:
            missed = step[1]
            break
        alive = read(min(left, 0.2))
    seconds.append(round(time.monotonic() - began, 3))
    if missed:
        break

os.kill(child, signal.SIGHUP)
until = time.monotonic() + 5
while time.monotonic() < until and os.waitpid(child, os.WNOHANG)[0] == 0:
    read(0.1)
else:
    if time.monotonic() >= until:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
print(json.dumps({"seconds": seconds, "text": plain(), "missed": missed}))
