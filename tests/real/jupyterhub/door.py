"""A door between a hub and GitHub, which can be shut: then GitHub answers that it is unwell."""

import contextlib
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Door:
    """An address at which GitHub answers while the door is open."""

    def __init__(self, beyond):
        self.open = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, urlsplit(beyond).netloc))
        self.address = f"http://127.0.0.1:{self._server.server_port}{urlsplit(beyond).path}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @contextlib.contextmanager
    def shut(self):
        """For as long as this lasts, GitHub is unwell."""
        self.open = False
        try:
            yield
        finally:
            self.open = True


def _handler(door, beyond):
    class Handler(BaseHTTPRequestHandler):
        def _pass(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not door.open:
                return self._answer(503, [], b"unwell")
            through = http.client.HTTPConnection(beyond, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            through.request(self.command, self.path, body, headers)
            answer = through.getresponse()
            content = answer.read()
            through.close()
            return self._answer(answer.status, answer.getheaders(), content)

        def _answer(self, status, headers, content):
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Says nothing."""

        do_GET = do_POST = _pass

    return Handler
