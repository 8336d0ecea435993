using System.Net;
using System.Net.Security;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Dashboard;

/// <summary>A server with a dashboard on loopback, and a client that sends it bytes.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    public const string Mark = "X-MultiExit: 1\r\n";
    public const string Bearer = "Authorization: Bearer our-token\r\n";

    private DashboardHost(ManagedServer server) => Server = server;

    public ManagedServer Server { get; }

    public IPEndPoint EndPoint => Server.DashboardEndPoint!;

    public static IPEndPoint Free => new(IPAddress.Loopback, 0);

    public static DashboardConfig Config { get; } = new(Free)
    {
        Token = new Secret("our-token"),
        Users = [new("olga", new Secret("op"), DashboardRole.Operator), new("rita", new Secret("rd"), DashboardRole.Reader)],
        Hosts = ["dash.example"],
    };

    public static async Task<DashboardHost> StartAsync(DashboardConfig? dashboard = null, TimeProvider? time = null) => new(
        await ControlledGateway.StartServerAsync(With(dashboard ?? Config), time is null ? null : new GatewayOptions { Time = time }));

    public static GatewayConfig With(DashboardConfig? dashboard) => TestGateway.Mixed() with { Dashboard = dashboard };

    public Task ReloadAsync(DashboardConfig? dashboard) => Server.ApplyAsync(ControlledGateway.Read(With(dashboard)));

    /// <summary>The whole answer to a request.</summary>
    /// <param name="line">Method and path.</param>
    /// <param name="fields">More fields, each with its end.</param>
    /// <param name="body">The body.</param>
    /// <param name="host">The field Host.</param>
    public async Task<string> AskAsync(string line, string fields = "", string body = "", string host = "localhost")
    {
        using TextPeer peer = new(await ConnectAsync(EndPoint));
        await peer.SendAsync(Request(line, fields, body, host));
        return await peer.ReadToEndAsync();
    }

    /// <summary>The same over TLS.</summary>
    public async Task<string> AskSecurelyAsync(string line, string fields = "", string body = "")
    {
        await using SslStream tls = new(await ConnectAsync(EndPoint));
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = "localhost", RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        };
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken).WaitAsync(TestTransports.Patience);
        await tls.WriteAsync(Encoding.Latin1.GetBytes(Request(line, fields, body, "localhost")));
        using MemoryStream all = new();
        await tls.CopyToAsync(all).WaitAsync(TestTransports.Patience);
        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>Logs in.</summary>
    /// <returns>The field that shows the session.</returns>
    public async Task<string> LogInAsync(string name, string password) =>
        CookieOf(await AskAsync("POST /login", body: $"{{\"name\":\"{name}\",\"password\":\"{password}\"}}"));

    /// <summary>The field that sends back the cookie of an answer.</summary>
    public static string CookieOf(string answer)
    {
        const string Field = "\r\nSet-Cookie: ";
        Assert.Contains(Field, answer, StringComparison.Ordinal);
        string cookie = answer[(answer.IndexOf(Field, StringComparison.Ordinal) + Field.Length)..];
        return $"Cookie: a=b; {cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]}; c=d\r\n";
    }

    public static async Task<SocketStream> ConnectAsync(IPEndPoint endPoint)
    {
        await using PortableTransport transport = new();
        return await transport.ConnectAsync(endPoint, default, default).AsTask().WaitAsync(TestTransports.Patience);
    }

    /// <summary>The messages of its log with an id.</summary>
    public string[] Logged(string id) => [.. Server.Gateway.GetLog(new LogQuery { Ids = [id] }).Select(entry => entry.Message)];

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static string Request(string line, string fields, string body, string host) =>
        $"{line} HTTP/1.1\r\nHost: {host}\r\n{fields}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
}
