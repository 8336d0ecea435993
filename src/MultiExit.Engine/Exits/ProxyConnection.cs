using MultiExit.Engine.DataPath;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits;

/// <summary>A connection to a proxy, after TLS where there is any, on which its protocol has yet to be spoken.</summary>
/// <param name="reader">The connection. A protocol that succeeds detaches it; otherwise <see cref="ProxyDialer"/> closes it.</param>
/// <param name="via">The exit that dialed the proxy; for a group, the member.</param>
internal sealed class ProxyConnection(HandshakeReader reader, IExit via)
{
    public HandshakeReader Reader { get; private set; } = reader;

    public IExit Via { get; } = via;

    /// <summary>Set once the proxy is asked for a target: from then on a time-out can be the target's fault.</summary>
    public bool Asked { get; set; }

    /// <summary>Puts a layer of the protocol over the connection; called before anything is read from it.</summary>
    public void Wrap(Func<DuplexStream, DuplexStream> layer) => Reader = new HandshakeReader(layer(Reader.Detach()));
}
