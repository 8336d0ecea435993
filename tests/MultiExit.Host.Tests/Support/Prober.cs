using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;

namespace MultiExit.Host.Tests.Support;

/// <summary>A prober that wants to know what is behind a port: sends bytes, and writes down everything that can be seen.</summary>
internal static partial class Prober
{
    /// <summary>Sends bytes without TLS.</summary>
    /// <returns>The answer without its date, and how it ended.</returns>
    public static async Task<string> SendAsync(IPEndPoint server, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server);
        return await AskAsync(client.GetStream(), bytes);
    }

    /// <summary>Sends bytes within TLS.</summary>
    /// <param name="server">The port.</param>
    /// <param name="bytes">The bytes, in one piece.</param>
    /// <param name="version">The version of TLS.</param>
    /// <param name="alpn">The protocols that are offered.</param>
    /// <returns>The result of TLS, the answer without its date, and how it ended.</returns>
    public static async Task<string> SendAsync(IPEndPoint server, byte[] bytes, SslProtocols version, params string[] alpn)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server);
        await using SslStream tls = new(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "tunnel.example",
                EnabledSslProtocols = version,
                ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn.Select(name => new SslApplicationProtocol(name))],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }).WaitAsync(HostProcess.Limit);
        }
        catch (AuthenticationException exception)
        {
            return $"no TLS: {exception.InnerException?.InnerException?.Message ?? exception.InnerException?.Message}";
        }
        return $"{tls.SslProtocol} {tls.NegotiatedCipherSuite} [{tls.NegotiatedApplicationProtocol}] {await AskAsync(tls, bytes)}";
    }

    /// <summary>Sends bytes within TLS 1.3.</summary>
    /// <returns>The first byte of the answer; -1 when there is none.</returns>
    public static async Task<int> FirstByteAsync(IPEndPoint server, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(server);
        await using SslStream tls = new(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "tunnel.example",
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }).WaitAsync(HostProcess.Limit);
        await tls.WriteAsync(bytes);
        byte[] first = new byte[1];
        return await tls.ReadAsync(first).AsTask().WaitAsync(HostProcess.Limit) == 0 ? -1 : first[0];
    }

    private static async Task<string> AskAsync(Stream stream, byte[] bytes)
    {
        if (bytes.Length > 0) await stream.WriteAsync(bytes);
        using MemoryStream answer = new();
        string end = "end";
        try
        {
            await stream.CopyToAsync(answer).WaitAsync(HostProcess.Limit);
        }
        catch (IOException)
        {
            end = "reset";
        }
        return $"{Date().Replace(Encoding.Latin1.GetString(answer.ToArray()), "Date:")} {end}";
    }

    [GeneratedRegex("Date: [^\r]*", RegexOptions.None, 1000)]
    private static partial Regex Date();
}
