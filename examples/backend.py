# The same backend in Python, with nothing but its standard library: python3 examples/backend.py

import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, answer = 404, "No such thing"
        if "X-Event" in self.headers:
            print(self.headers["X-Event"], json.loads(body)["session"], flush=True)
            status, answer = 200, ""
        elif self.headers["X-Route"] == "shop.price":
            user = unquote(self.headers["X-User"])
            status, answer = 200, json.dumps({"item": body, "cents": 1999, "for": user})
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer.encode())))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Backend)
print("listening", server.server_port, flush=True)
server.serve_forever()
