"""The data that are measured with, and what is true of them."""
import hashlib
import json
import os
import random

MIB = 1 << 20

# size: workload: (number of files, bytes of each)
SIZES = {
    "tiny": {"big": (1, 3 * MIB), "mid": (8, MIB // 4), "many": (200, 4096)},
    "small": {"big": (1, 128 * MIB), "mid": (100, MIB), "many": (10_000, 4096)},
    "full": {"big": (1, 1024 * MIB), "mid": (1_000, MIB), "many": (100_000, 4096)},
}


class Data:
    """A folder of random files, and the digests that a right `add` of it records.

    One file is the one that changes (`changed_path`); `is_changed` tells which of the two states is expected.
    """

    def __init__(self, folder, count, size, seed):
        self.folder, self.count, self.size = folder, count, size
        self.description = "%s × %s" % (format(count, ","), readable(size))
        self.is_changed = False
        generator = random.Random(seed)
        self._digests = {}
        per_folder = 500
        for number in range(count):
            name = "%08x.bin" % generator.getrandbits(32)
            path = "part%03d/%06d-%s" % (number // per_folder, number, name)
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            digest = hashlib.md5()
            with open(os.path.join(folder, path), "wb") as file:
                for start in range(0, size, 4 * MIB):
                    block = generator.randbytes(min(4 * MIB, size - start))
                    digest.update(block)
                    file.write(block)
            self._digests[path] = digest.hexdigest()
        self.changed_path = sorted(self._digests)[count // 2]
        self.changed_bytes = generator.randbytes(min(4096, size))
        self._changed_digest = self._digest_after_change()
        self._listings = {state: self._directory_object(state) for state in (False, True)}

    def _digest_after_change(self):
        digest = hashlib.md5(self.changed_bytes)
        with open(os.path.join(self.folder, self.changed_path), "rb") as file:
            file.seek(len(self.changed_bytes))
            while block := file.read(4 * MIB):
                digest.update(block)
        return digest.hexdigest()

    def change(self, folder):
        """Gives the file that changes its other bytes, of the same number."""
        with open(os.path.join(folder, self.changed_path), "r+b") as file:
            file.write(self.changed_bytes)

    def restore(self):
        self.is_changed = False

    @property
    def digests(self):
        if not self.is_changed:
            return self._digests
        return {**self._digests, self.changed_path: self._changed_digest}

    @property
    def directory_id(self):
        return self._listings[self.is_changed]

    def object_names(self):
        """The names under `files/md5` of all that is recorded so far."""
        ids = set(self._digests.values()) | {self._listings[False]}
        if self.is_changed:
            ids |= {self._changed_digest, self._listings[True]}
        return {"%s/%s" % (name[:2], name[2:]) for name in ids}

    def _directory_object(self, state):
        self.is_changed, before = state, self.is_changed
        entries = [{"md5": digest, "relpath": path} for path, digest in sorted(self.digests.items())]
        self.is_changed = before
        return hashlib.md5(json.dumps(entries).encode()).hexdigest() + ".dir"


def readable(size):
    for unit, name in ((1 << 30, "GiB"), (MIB, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return "%d %s" % (size // unit, name)
    return "%d bytes" % size
