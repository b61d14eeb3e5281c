"""A console on loopback that answers as it is told and keeps what it was sent."""

import gzip
import http.server
import json
import threading


class Console:
    def __init__(self):
        self.batches = []
        self.tokens = []
        self.answers = []
        self.came = threading.Condition()
        self.hold = None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers["content-encoding"] == "gzip":
                    body = gzip.decompress(body)
                if outer.hold is not None:
                    outer.hold.wait(10)
                with outer.came:
                    outer.batches.append(json.loads(body))
                    outer.tokens.append(self.headers["authorization"])
                    status, answer = outer.answers.pop(0) if outer.answers else (200, {"rejected": 0})
                    outer.came.notify_all()
                self._answer(status, answer)

            def do_GET(self):
                self._answer(200, {"references": [], "binning": None})

            def _answer(self, status, answer):
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, count):
        with self.came:
            assert self.came.wait_for(lambda: len(self.batches) >= count, 20)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
