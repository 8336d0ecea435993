using System.Net;
using System.Text;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.SampleProtocol;

/// <summary>Takes connections and datagrams whose first line is the destination.</summary>
internal sealed class ShoutInbound(ShoutInboundConfig config) : IInbound
{
    private const int MaxLine = 300;

    public IReadOnlyList<ListenPort> Listen(IPEndPoint configured) =>
        config.Udp ? [new StreamPort(configured), new DatagramPort(configured)] : [new StreamPort(configured)];

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        Destination? destination;
        int length;
        while ((length = ReadLine(connection.Reader.Unread, out destination)) == 0)
            if (!await connection.Reader.ReadMoreAsync(MaxLine, cancellationToken).ConfigureAwait(false)) return;
        connection.Reader.Advance(length);
        connection.HandshakeCompleted();
        RequestInfo info = InfoOf(connection.Client, connection.Local, destination!, Network.Tcp, connection.PrivateDestinationsAllowed);
        await dispatcher.ServeAsync(new Request(connection.Reader.Detach(), config.Greeting) { Info = info }, connection, cancellationToken)
            .ConfigureAwait(false);
    }

    public async ValueTask ServeDatagramsAsync(ClientDatagrams client, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[2048];
        UdpSession? session = null;
        try
        {
            while (true)
            {
                int length = (await client.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false)).Length;
                int line = ReadLine(buffer.AsSpan(0, length), out Destination? destination);
                if (line == 0) throw new ProxyException(ProxyError.ProtocolViolation, "the datagram has no line");
                client.HandshakeCompleted();
                session ??= (await dispatcher.OpenUdpAsync(
                    InfoOf(client.Client, client.Local, destination!, Network.Udp, client.PrivateDestinationsAllowed),
                    async (source, data) =>
                        await client.SendAsync((byte[])[.. Encoding.UTF8.GetBytes($"{source}\n"), .. data.Span], CancellationToken.None).ConfigureAwait(false),
                    client.Abort, cancellationToken).ConfigureAwait(false)).Session;
                if (session is null) return;
                await session.SendAsync(destination!, buffer.AsMemory(line, length - line), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (session is not null)
            {
                await session.CloseAsync().ConfigureAwait(false);
                session.Dispose();
            }
        }
    }

    private RequestInfo InfoOf(IPEndPoint client, IPEndPoint local, Destination destination, Network network, bool privateAllowed) => new()
    {
        Inbound = config.Name, Client = client, Local = local, Destination = destination, Network = network, PrivateDestinationsAllowed = privateAllowed,
    };

    // Zero while the line is not there as a whole.
    private static int ReadLine(ReadOnlySpan<byte> data, out Destination? destination)
    {
        destination = null;
        int end = data.IndexOf((byte)'\n');
        if (end < 0) return 0;
        return Destination.TryParse(Encoding.UTF8.GetString(data[..end]), -1, out destination) && destination.Port > 0
            ? end + 1
            : throw new ProxyException(ProxyError.ProtocolViolation, "the first line is no destination");
    }

    private sealed class Request(DuplexStream stream, string greeting) : InboundRequest
    {
        public override DuplexStream Connection => stream;

        public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) =>
            stream.WriteAsync(Encoding.UTF8.GetBytes(greeting + "\n"), cancellationToken);

        public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken) =>
            stream.WriteAsync(Encoding.UTF8.GetBytes($"{failure}\n"), cancellationToken);
    }
}
