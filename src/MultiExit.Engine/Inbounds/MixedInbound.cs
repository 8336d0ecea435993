using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds;

/// <summary>SOCKS5 and HTTP on one port: the first byte distinguishes them, since no token of HTTP begins with 05.</summary>
internal sealed class MixedInbound(IInbound socks5, IInbound http) : IInbound
{
    private const int PeekLimit = 1024;

    /// <summary>Its HTTP proxy.</summary>
    public IInbound Http => http;

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        if (connection.Reader.Unread.IsEmpty && !await connection.Reader.ReadMoreAsync(PeekLimit, cancellationToken).ConfigureAwait(false)) return;
        byte first = connection.Reader.Unread[0];
        if (first == 4) throw new ProxyException(ProxyError.ProtocolViolation, "SOCKS4 is not supported");
        await (first == 5 ? socks5 : http).ServeAsync(connection, dispatcher, cancellationToken).ConfigureAwait(false);
    }

    public void ReplacedBy(InboundSuccessor successor)
    {
        socks5.ReplacedBy(successor);
        http.ReplacedBy(successor);
    }

    public void Drain()
    {
        socks5.Drain();
        http.Drain();
    }
}
