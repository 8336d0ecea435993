using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds;

/// <summary>SOCKS and HTTP on one port: the first byte distinguishes them, since no token of HTTP begins with 04 or 05.</summary>
internal sealed class MixedInbound(IInbound socks, IInbound http) : IInbound
{
    private const int PeekLimit = 1024;

    /// <summary>Its HTTP proxy.</summary>
    public IInbound Http => http;

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        if (connection.Reader.Unread.IsEmpty && !await connection.Reader.ReadMoreAsync(PeekLimit, cancellationToken).ConfigureAwait(false)) return;
        byte first = connection.Reader.Unread[0];
        await (first is 4 or 5 ? socks : http).ServeAsync(connection, dispatcher, cancellationToken).ConfigureAwait(false);
    }

    public void ReplacedBy(InboundSuccessor successor)
    {
        socks.ReplacedBy(successor);
        http.ReplacedBy(successor);
    }

    public void Drain()
    {
        socks.Drain();
        http.Drain();
    }
}
