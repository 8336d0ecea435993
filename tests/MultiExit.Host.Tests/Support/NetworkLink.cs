using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace MultiExit.Host.Tests.Support;

/// <summary>Two network namespaces and a link between them. Needs root and iproute2.</summary>
/// <remarks>The delay is netem's. Where the kernel has no netem, two tun devices take the place of the veth pair and
/// <see cref="DelayedTunnel"/> carries their packets.</remarks>
internal sealed class NetworkLink : IDisposable
{
    private const string Device = "link0";
    private static int _count;
    private DelayedTunnel? _tunnel;

    private NetworkLink()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"multiexit-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        (Near, Far) = (name + "-near", name + "-far");
    }

    /// <summary>The namespaces.</summary>
    public string Near { get; }

    public string Far { get; }

    public IPAddress FarAddress { get; } = IPAddress.Parse("10.99.0.2");

    /// <summary>What delays the packets: <c>netem</c>, <c>tun</c>, or nothing.</summary>
    public string Kind { get; private set; } = "veth";

    /// <summary>Makes a link.</summary>
    /// <param name="delay">How long each packet takes, in either direction.</param>
    public static NetworkLink Create(TimeSpan delay)
    {
        NetworkLink link = new();
        try
        {
            Ip("netns", "add", link.Near);
            Ip("netns", "add", link.Far);
            link.AddDevices(delay);
            link.Configure(link.Near, "10.99.0.1/24");
            link.Configure(link.Far, link.FarAddress + "/24");
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>Cuts the link, or restores it.</summary>
    public void Set(bool up)
    {
        foreach (string end in (string[])[Near, Far]) Ip("-n", end, "link", "set", Device, up ? "up" : "down");
    }

    /// <summary>Runs a function that makes sockets at the far end.</summary>
    public T AtFarEnd<T>(Func<T> function) => NetworkNamespace.Run(Far, function);

    public void Dispose()
    {
        // Deleting the devices also ends the reads of the tasks that carry packets between them.
        foreach (string end in (string[])[Near, Far])
        {
            TryRun("ip", out _, "-n", end, "link", "del", Device);
            TryRun("ip", out _, "netns", "del", end);
        }
        _tunnel?.Dispose();
    }

    /// <summary>Whether a command succeeds.</summary>
    public static bool TryRun(string program, out string error, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args)
        {
            RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        })!;
        error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private void AddDevices(TimeSpan delay)
    {
        Ip("link", "add", Device, "netns", Near, "type", "veth", "peer", "name", Device, "netns", Far);
        if (delay == TimeSpan.Zero) return;
        if (Delay(Near, delay) && Delay(Far, delay))
        {
            Kind = "netem";
            return;
        }
        Ip("-n", Near, "link", "del", Device);
        Kind = "tun";
        _tunnel = new DelayedTunnel(delay);
        foreach ((string name, string end) in ((string, string)[])[(_tunnel.NearName, Near), (_tunnel.FarName, Far)])
            Ip("link", "set", name, "netns", end, "name", Device, "mtu", $"{DelayedTunnel.Mtu}", "txqueuelen", "10000");
    }

    // The limit is in packets and must hold what is under way.
    private static bool Delay(string end, TimeSpan delay) => TryRun(
        "ip", out _, "netns", "exec", end, "tc", "qdisc", "add", "dev", Device, "root", "netem", "delay", $"{delay.TotalMilliseconds}ms", "limit", "100000");

    private void Configure(string end, string address)
    {
        Ip("-n", end, "link", "set", "lo", "up");
        Ip("-n", end, "address", "add", address, "dev", Device);
        Ip("-n", end, "link", "set", Device, "up");
    }

    private static void Ip(params string[] args)
    {
        if (!TryRun("ip", out string error, args)) throw new InvalidOperationException($"ip {string.Join(' ', args)}: {error}");
    }
}
