"""Steps the sample kernel as somebody does who sees Ringside only through the accessibility bus (AT-SPI). Exits 0, or says what is not there."""

import sys
import time

import pyatspi
from gi.repository import GLib

# What a part that has just been closed answers.
GONE = (LookupError, RuntimeError, GLib.Error)

TIMEOUT_SECONDS = 120


def nodes(node):
    """The node and everything below it that is on the screen. Parts of a window come and go while they are looked at."""
    try:
        yield node
        for index in range(node.childCount):
            child = node.getChildAtIndex(index)
            if child is not None:
                yield from nodes(child)
    except GONE:
        return


def workbench():
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and application.name == "Ringside":
            return application
    return None


def all_nodes():
    application = workbench()
    return [] if application is None else list(nodes(application))


def find(matches):
    for node in all_nodes():
        try:
            if matches(node):
                return node
        except GONE:
            continue
    return None


def wait_for(what, matches):
    end = time.time() + TIMEOUT_SECONDS
    while time.time() < end:
        node = find(matches)
        if node is not None:
            return node
        time.sleep(0.2)
    labels = sorted({node.name for node in all_nodes() if node.getRoleName() == "label" and node.name})
    sys.exit("there is no %s; the labels on the screen are %s" % (what, labels))


def is_label(beginning):
    return lambda node: node.getRoleName() == "label" and node.name.startswith(beginning)


AT_ENTRY = is_label("Sample kernel: stopped at entry")


def is_button(name):
    return lambda node: node.getRoleName() == "push button" and (node.name or node.description).startswith(name)


def program_counter():
    """The value beside RIP in the Registers view."""
    before = None
    for node in all_nodes():
        if node.getRoleName() == "table cell" and node.name:
            if before == "RIP":
                return node.name
            before = node.name
    return None


def press(name):
    button = wait_for("button " + name, is_button(name))
    end = time.time() + TIMEOUT_SECONDS
    while not button.getState().contains(pyatspi.STATE_SENSITIVE):
        if time.time() > end:
            sys.exit("button %s stays disabled" % name)
        time.sleep(0.1)
    button.queryAction().doAction(0)


def is_way_in(node):
    """The welcome page's or an empty view's link, or the line that says that it is not needed."""
    showing = node.getState().contains(pyatspi.STATE_SHOWING)
    return showing and node.name.startswith("Boot the sample kernel") or AT_ENTRY(node)


def click(node):
    box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    pyatspi.Registry.generateMouseEvent(box.x + 15, box.y + box.height // 2, "b1c")


def main():
    way_in = wait_for("way to boot the sample kernel", is_way_in)
    if not AT_ENTRY(way_in):
        time.sleep(1)  # the page may still be laid out, and a click has a place
        click(wait_for("way to boot the sample kernel", is_way_in))
    wait_for("line that says that the sample stands at its entry", AT_ENTRY)
    seen = [program_counter()]
    for step in range(3):
        press("Step Over")
        end = time.time() + TIMEOUT_SECONDS
        while program_counter() in (seen[-1], None):
            if time.time() > end:
                sys.exit("step %d does not move RIP from %s" % (step + 1, seen[-1]))
            time.sleep(0.1)
        seen.append(program_counter())
    wait_for("line that says that it stepped", is_label("Sample kernel: stepped"))
    print("RIP went " + " ".join(seen))
    press("Resume")
    wait_for("line that says how the run ended", is_label("Sample kernel: the guest powered off"))


main()
