using System.Diagnostics;
using System.Net;

namespace MultiExit.Host.Tests.Support;

/// <summary>PySocks, a SOCKS5 client that is no part of this project.</summary>
internal static class PySocks
{
    /// <summary>Runs a script.</summary>
    /// <returns>Its output.</returns>
    public static async Task<string> RunAsync(string script)
    {
        using Process process = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.PySocks), ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Curl.Limit);
        await process.WaitForExitAsync().WaitAsync(Curl.Limit);
        Assert.True(process.ExitCode == 0, await error);
        return output.Trim();
    }

    /// <summary>Asks a DNS server on loopback for an A record through UDP ASSOCIATE.</summary>
    /// <returns>The id of the answer, whether the server's port stands in it as its sender's, and the address.</returns>
    public static Task<string> QueryAsync(int proxyPort, int dnsPort) => RunAsync($"""
        import socket, socks
        s = socks.socksocket(socket.AF_INET, socket.SOCK_DGRAM)
        s.set_proxy(socks.SOCKS5, '127.0.0.1', {proxyPort})
        s.settimeout(30)
        query = b'\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01'
        s.sendto(query, ('127.0.0.1', {dnsPort}))
        data, peer = s.recvfrom(512)
        print(data[:2].hex(), peer[1] == {dnsPort}, '.'.join(str(b) for b in data[-4:]))
        """);

    /// <summary>Sends to a target, ends its own direction, and only then reads.</summary>
    /// <returns>The SHA-256 of the bytes that came back.</returns>
    public static Task<string> SendThenReceiveAsync(int proxyPort, IPEndPoint target, int length) => RunAsync($"""
        import hashlib, socket, socks
        s = socks.socksocket()
        s.set_proxy(socks.SOCKS5, '127.0.0.1', {proxyPort})
        s.settimeout(60)
        s.connect(('127.0.0.1', {target.Port}))
        s.sendall(bytes({length}))
        s.shutdown(socket.SHUT_WR)
        hash = hashlib.sha256()
        while part := s.recv(65536): hash.update(part)
        print(hash.hexdigest().upper())
        """);

    /// <summary>Reads from a target to the end, and only then sends.</summary>
    /// <returns>The SHA-256 of the bytes that came.</returns>
    public static Task<string> ReceiveThenSendAsync(int proxyPort, IPEndPoint target, int length) => RunAsync($"""
        import hashlib, socket, socks
        s = socks.socksocket()
        s.set_proxy(socks.SOCKS5, '127.0.0.1', {proxyPort})
        s.settimeout(60)
        s.connect(('127.0.0.1', {target.Port}))
        hash = hashlib.sha256()
        while part := s.recv(65536): hash.update(part)
        s.sendall(bytes({length}))
        s.shutdown(socket.SHUT_WR)
        print(hash.hexdigest().upper())
        """);
}
