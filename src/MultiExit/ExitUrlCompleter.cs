using System.Collections;

namespace MultiExit;

/// <summary>Completes the beginning of the URL of an exit.</summary>
public sealed class ExitUrlCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(IDictionary boundParameters) =>
        [("socks5://", "SOCKS5"), ("http://", "HTTP CONNECT"), ("https://", "HTTP CONNECT over TLS"), ("wss://", "WebSocket over TLS"),
            ("tunnel://", "a tunnel, with a key"), ("direct://", "an address of the server's own")];
}
