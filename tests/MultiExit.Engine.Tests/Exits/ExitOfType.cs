using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Exits.Http;
using MultiExit.Engine.Exits.Lightsocks;
using MultiExit.Engine.Exits.Socks4;
using MultiExit.Engine.Exits.Socks5;
using MultiExit.Engine.Exits.Tunnel;
using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Lightsocks;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>An exit named <c>up</c> of each type that goes through a proxy, over an exit of the test.</summary>
internal static class ExitOfType
{
    private const long Memory = 1 << 20;

    private static readonly Destination Server =
        Destination.TryParse("proxy.test:443", -1, out Destination? server) ? server : throw new FormatException();

    private static readonly TlsClientConfig Encrypted = new();

    /// <summary>Whether the type has the key <c>retries</c>.</summary>
    public static bool HasRetries(string type) => type is "socks5" or "socks4" or "lightsocks" or "http" or "websocket";

    public static IExit Create(string type, IExit via, TimeSpan timeout, TimeProvider time, bool tls, int retries = 0)
    {
        TlsClient? client = tls ? new TlsClient(Encrypted, Server) : null;
        switch (type)
        {
            case "socks5":
                return new Socks5Exit(new Socks5ExitConfig { Name = "up", Server = Server, Retries = retries }, via, client, timeout, time);
            case "socks4":
                Socks4ExitConfig socks4 = new() { Name = "up", Server = Server, Retries = retries };
                return new Socks4Exit(socks4, via, client, new FakeResolver(), timeout, time);
            case "lightsocks":
                LightsocksExitConfig light = new() { Name = "up", Server = Server, Retries = retries, Password = new Secret(NextOctet.Password) };
                return new LightsocksExit(light, NextOctet.Table, via, timeout, time);
            case "http":
                return new HttpExit(new HttpExitConfig { Name = "up", Server = Server, Retries = retries }, via, client, timeout, time);
            case "websocket":
                WebSocketExitConfig socket = new() { Name = "up", Server = Server, Retries = retries };
                return new WebSocketExit(socket, via, client, timeout, time);
            case "tunnel":
                TunnelExitConfig tunnel = new() { Name = "up", Server = Server, Key = new Secret("a key"), Carriers = 1 };
                return new TunnelExit(tunnel, new TunnelConnector(tunnel, via, Memory, timeout, time), timeout, time, new ExitState("up").Carriers);
            case "ech-tunnel":
                EchTunnelExitConfig ech = new() { Name = "up", Server = Server, Carriers = 1 };
                EchTunnelConnector connector = new(ech, via, client, Memory, timeout, time, _ => { });
                return new EchTunnelExit(ech, connector, timeout, time, new ExitState("up").Carriers);
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }
}
