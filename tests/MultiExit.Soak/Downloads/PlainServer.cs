using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Downloads;

/// <summary>An ECH tunnel server that knows the plain format alone, as deployed ones do: written from docs/protocols.md, on the TLS and the
/// WebSocket of the platform.</summary>
internal sealed class PlainServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly X509Certificate2 _certificate;
    private readonly string _token;

    public PlainServer(string folder, Identity identity)
    {
        _token = identity.Token;
        _certificate = X509Certificate2.CreateFromPemFile(
            Path.Combine(folder, Identity.CertificateFile), Path.Combine(folder, Identity.KeyFile));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Next()));
        _listener.Listen(64);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using SslStream tls = new(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls13,
            });
            using PlainChannel channel = await PlainChannel.AcceptAsync(tls, _token);
            await channel.RunAsync();
        }
        catch (Exception)
        {
            // The exit ends its carriers when it stops; whatever else breaks one shows in the downloads.
        }
    }
}
