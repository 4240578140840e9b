"""A name server on loopback, for what is asked by dnspython: a few records, or no answer at all."""

import socketserver
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset


class NameServer:
    """Answers by UDP on a free port; use it as a context manager.

    :ivar records: (name, kind) -> texts of records, as in a zone file
    :ivar silent: whether questions are left without an answer
    :ivar raw: what is answered to everything, instead; the two bytes of the question's id come before it
    :ivar asked: (name, kind) of all questions
    """

    def __init__(self, records=None):
        self.records = records or {}
        self.silent = False
        self.raw = None
        self.asked = []

    def __enter__(self):
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                data, sock = self.request
                answer = owner._answer(data)
                if answer is not None:
                    sock.sendto(answer, self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exc_info):
        self._server.shutdown()
        self._server.server_close()

    def resolver(self):
        """A resolver that asks nobody else."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self._server.server_address[1]
        return resolver

    def _answer(self, data):
        if self.silent:
            return None
        if self.raw is not None:
            return data[:2] + self.raw
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        texts = self.records.get((name, kind))
        if texts:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
