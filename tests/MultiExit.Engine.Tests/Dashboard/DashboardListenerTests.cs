using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Dashboard;

/// <summary>The listener of the dashboard: reloads, TLS, and clients that hang.</summary>
public sealed class DashboardListenerTests
{
    [Fact]
    public async Task A_reload_turns_it_on_moves_it_and_turns_it_off()
    {
        await using DashboardHost host = await DashboardHost.StartAsync();
        await host.ReloadAsync(null);
        Assert.Null(host.Server.DashboardEndPoint);
        await host.ReloadAsync(DashboardHost.Config);
        IPEndPoint first = host.EndPoint;
        string cookie = await host.LogInAsync("olga", "op");
        await host.ReloadAsync(DashboardHost.Config with { Hosts = [] });
        Assert.Equal(first, host.EndPoint);
        Assert.StartsWith("HTTP/1.1 421 ", await host.AskAsync("GET /", host: "dash.example"), StringComparison.Ordinal);
        IPEndPoint second = new(OwnEndPoints.NextAddress(), first.Port);
        await host.ReloadAsync(DashboardHost.Config with { Listen = second });
        Assert.Equal(second, host.EndPoint);
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /api/server", cookie, host: $"{second.Address}"), StringComparison.Ordinal);
        await host.ReloadAsync(null);
        await Assert.ThrowsAsync<SocketException>(async () => await DashboardHost.ConnectAsync(second));
        Assert.Equal(3, host.Logged("MX1095").Length);
        Assert.Equal(3, host.Logged("MX1096").Length);
    }

    [LinuxFact("ports shared by listeners of one process")]
    public async Task A_reload_moves_it_to_all_addresses_and_warns_without_TLS()
    {
        IPEndPoint all = new(IPAddress.Any, OwnEndPoints.NextPort());
        await using DashboardHost host = await DashboardHost.StartAsync(DashboardHost.Config with { Listen = new IPEndPoint(IPAddress.Loopback, all.Port) });
        Assert.Empty(host.Server.Gateway.GetWarnings());
        await host.ReloadAsync(DashboardHost.Config with { Listen = all });
        Assert.Equal("MX1029", Assert.Single(host.Server.Gateway.GetWarnings()).Id);
        using SelfSignedFiles files = SelfSignedFiles.Create("localhost");
        await host.ReloadAsync(DashboardHost.Config with { Listen = all, Tls = files.Config });
        Assert.DoesNotContain(host.Server.Gateway.GetWarnings(), warning => warning.Id == "MX1029");
    }

    [Fact]
    public async Task With_TLS_the_cookie_is_for_TLS_alone()
    {
        using SelfSignedFiles files = SelfSignedFiles.Create("localhost");
        await using DashboardHost host = await DashboardHost.StartAsync(DashboardHost.Config with { Tls = files.Config });
        string answer = await host.AskSecurelyAsync("POST /login", "Origin: https://localhost\r\n", "{\"token\":\"our-token\"}");
        Assert.Contains($"\r\nSet-Cookie: __Host-multiexit_{host.EndPoint.Port}=", answer, StringComparison.Ordinal);
        Assert.Contains("; Path=/; HttpOnly; SameSite=Strict; Secure\r\n", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskSecurelyAsync("GET /api/server", DashboardHost.CookieOf(answer)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await host.AskSecurelyAsync("GET /session", "Origin: http://localhost\r\n"), StringComparison.Ordinal);
        Assert.Contains("https://127.0.0.1:", Assert.Single(host.Logged("MX1095")), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(async () => Assert.StartsWith("HTTP/", await host.AskAsync("GET /"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_or_certificate_that_cannot_be_used_fails_the_start_and_the_reload()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(DashboardHost.Free);
        taken.Listen();
        DashboardConfig busy = DashboardHost.Config with { Listen = (IPEndPoint)taken.LocalEndPoint! };
        DashboardConfig bare = DashboardHost.Config with { Tls = new() { CertificateFile = "/nowhere/cert.pem", KeyFile = "/nowhere/key.pem" } };
        await using DashboardHost host = await DashboardHost.StartAsync();
        foreach ((DashboardConfig config, ProxyError reason) in new[] { (busy, ProxyError.AddressInUse), (bare, ProxyError.CertificateUnreadable) })
        {
            Assert.Equal(reason, (await Assert.ThrowsAsync<ProxyException>(() => DashboardHost.StartAsync(config))).Reason);
            Assert.Equal(reason, (await Assert.ThrowsAsync<ProxyException>(() => host.ReloadAsync(config))).Reason);
            Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Clients_that_hang_are_cut_and_leave_places_to_others()
    {
        ManualTimeProvider time = new();
        await using DashboardHost host = await DashboardHost.StartAsync(time: time);
        List<SocketStream> hanging = [];
        for (int i = 0; i < 32; i++)
        {
            SocketStream stream = await DashboardHost.ConnectAsync(host.EndPoint);
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray());
            hanging.Add(stream);
        }
        await Wait.UntilAsync(async () => (await host.AskAsync("GET /")).StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal));
        // Another client has a place all the same.
        using (Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            other.Bind(new IPEndPoint(OwnEndPoints.NextAddress(), 0));
            await other.ConnectAsync(host.EndPoint).WaitAsync(TestTransports.Patience);
            await other.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            byte[] start = new byte[12];
            Assert.Equal(12, await other.ReceiveAsync(start).WaitAsync(TestTransports.Patience));
            Assert.Equal("HTTP/1.1 200"u8.ToArray(), start);
        }
        await Wait.UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            return (await host.AskAsync("GET /")).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal);
        });
        foreach (SocketStream stream in hanging) await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_read_events_is_cut_and_the_server_goes_on()
    {
        ManualTimeProvider time = new();
        await using DashboardHost host = await DashboardHost.StartAsync(time: time);
        // So that a few states fill the buffers of a connection.
        GatewayConfig large = DashboardHost.With(DashboardHost.Config) with
        {
            Exits = [.. Enumerable.Range(0, 500).Select(i => new DirectExitConfig { Name = $"wan{i}" })],
        };
        await host.Server.ApplyAsync(ControlledGateway.Read(large));
        await using SocketStream stuck = await DashboardHost.ConnectAsync(host.EndPoint);
        await stuck.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /api/events?status=500ms HTTP/1.1\r\nHost: localhost\r\n{DashboardHost.Bearer}\r\n"));
        await Wait.UntilAsync(() => host.Server.Gateway.Events.Listeners == 1);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return host.Server.Gateway.Events.Listeners == 0;
        });
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /"), StringComparison.Ordinal);
    }
}
