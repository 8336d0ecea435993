using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary><c>multiexit run</c> in a namespace, and a SOCKS5 client beside it.</summary>
internal sealed class NamespaceProxy : IDisposable
{
    private readonly NamespaceHost _space;
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private NamespaceProxy(NamespaceHost space, Process process)
    {
        _space = space;
        _process = process;
    }

    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    public static async Task<NamespaceProxy> StartAsync(NamespaceHost space, string config, params string[] under)
    {
        ProcessStartInfo start = new("ip", ["netns", "exec", space.Name, .. under, HostProcess.Program, "run", "--config", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_ROOT"] = HostProcess.DotnetRoot;
        start.Environment.Remove("NOTIFY_SOCKET");
        NamespaceProxy proxy = new(space, Process.Start(start)!);
        proxy._process.ErrorDataReceived += (_, line) =>
        {
            lock (proxy._log) proxy._log.AppendLine(line.Data);
        };
        proxy._process.BeginErrorReadLine();
        string? ready = await proxy._process.StandardOutput.ReadLineAsync().WaitAsync(HostProcess.Limit);
        return ready is null ? throw new InvalidOperationException("multiexit did not start: " + proxy.Log) : proxy;
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(string name) => Command.Do($"kill -s {name} {_process.Id}");

    /// <summary>The source address that the target sees over TCP.</summary>
    public Task<string> TcpSourceAsync(int proxyPort, IPAddress target, int port, IPAddress? client = null) =>
        TcpSourceAsync(new IPEndPoint(IPAddress.Loopback, proxyPort), target, port, client);

    /// <summary>The same, by one of the addresses of the proxy.</summary>
    public async Task<string> TcpSourceAsync(IPEndPoint proxy, IPAddress target, int port, IPAddress? client = null)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using Socket socket = await AskAsync(proxy, 1, target, port, limit.Token, out _, client);
        return Encoding.ASCII.GetString(await ReadAsync(socket, null, limit.Token));
    }

    /// <summary>A connection through the proxy.</summary>
    public async Task<Socket> ConnectAsync(int proxyPort, IPAddress target, int port)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        return await AskAsync(new IPEndPoint(IPAddress.Loopback, proxyPort), 1, target, port, limit.Token);
    }

    /// <summary>Asks for an association whose exit takes no datagrams, which the answer and the log say.</summary>
    public async Task RefusedUdpAsync(int proxyPort)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        int before = Log.Split("MX3000").Length;
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => AskAsync(new IPEndPoint(IPAddress.Loopback, proxyPort), 3, IPAddress.Any, 0, limit.Token));
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (Log.Split("MX3000").Length == before) await poll.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Waits until the log has a text.</summary>
    public async Task LoggedAsync(string text)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (!Log.Contains(text, StringComparison.Ordinal)) await poll.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>The source address that the target sees over UDP.</summary>
    public Task<string> UdpSourceAsync(int proxyPort, IPAddress target, int port, IPAddress? client = null) =>
        UdpSourceAsync(new IPEndPoint(IPAddress.Loopback, proxyPort), target, port, client);

    /// <summary>The same, by one of the addresses of the proxy.</summary>
    public async Task<string> UdpSourceAsync(IPEndPoint proxy, IPAddress target, int port, IPAddress? client = null)
    {
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using Socket control = await AskAsync(proxy, 3, IPAddress.Any, 0, limit.Token, out Task<IPEndPoint> relay, client);
        using Socket socket = _space.Make(() => new Socket(proxy.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        if (client is not null) socket.Bind(new IPEndPoint(client, 0));
        await socket.ConnectAsync(await relay, limit.Token);
        byte[] header = [0, 0, 0, .. Address(target, port)];
        await socket.SendAsync((byte[])[.. header, 1], limit.Token);
        byte[] answer = new byte[1500];
        int length = await socket.ReceiveAsync(answer, limit.Token);
        return Encoding.ASCII.GetString(answer, header.Length, length - header.Length);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        // Its ports are free for the next one.
        _process.WaitForExit(HostProcess.Limit);
        _process.Dispose();
    }

    private static byte[] Address(IPAddress address, int port) =>
        [address.AddressFamily == AddressFamily.InterNetwork ? (byte)1 : (byte)4, .. address.GetAddressBytes(), (byte)(port >> 8), (byte)port];

    private Task<Socket> AskAsync(IPEndPoint proxy, byte command, IPAddress target, int port, CancellationToken cancellationToken) =>
        AskAsync(proxy, command, target, port, cancellationToken, out _);

    private Task<Socket> AskAsync(
        IPEndPoint proxy, byte command, IPAddress target, int port, CancellationToken cancellationToken, out Task<IPEndPoint> bound, IPAddress? client = null)
    {
        TaskCompletionSource<IPEndPoint> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bound = source.Task;
        return AskAsync(proxy, [5, 1, 0, 5, command, 0, .. Address(target, port)], source, client, cancellationToken);
    }

    private async Task<Socket> AskAsync(
        IPEndPoint proxy, byte[] request, TaskCompletionSource<IPEndPoint> bound, IPAddress? client, CancellationToken cancellationToken)
    {
        Socket socket = _space.Make(() => new Socket(proxy.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        if (client is not null) socket.Bind(new IPEndPoint(client, 0));
        await socket.ConnectAsync(proxy, cancellationToken);
        await socket.SendAsync(request, cancellationToken);
        byte[] head = await ReadAsync(socket, 6, cancellationToken);
        if (head[3] != 0) throw new InvalidOperationException($"{proxy}: the proxy answered {head[3]}: {Log}");
        byte[] address = await ReadAsync(socket, head[5] == 1 ? 6 : 18, cancellationToken);
        bound.SetResult(new IPEndPoint(new IPAddress(address.AsSpan(0, address.Length - 2)), (address[^2] << 8) | address[^1]));
        return socket;
    }

    // So many bytes, or all until the end.
    private static async Task<byte[]> ReadAsync(Socket socket, int? count, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[count ?? 256];
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0) break;
            length += read;
        }
        return length == buffer.Length || count is null ? buffer[..length] : throw new IOException("the proxy closed the connection");
    }
}
