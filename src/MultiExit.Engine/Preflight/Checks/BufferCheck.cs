using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>How much the kernel buffers for a connection: with less, one connection over a long way is slow however fast the line is (tcp(7)).</summary>
internal sealed class BufferCheck() : QuickCheck("socket-buffers")
{
    // 100 Mbit/s over 170 ms; the usual settings of Linux are 6 MiB and 4 MiB.
    private const long Enough = 2 << 20;
    private const string Folder = "proc/sys/net/ipv4/";

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        string[] names = ["tcp_rmem", "tcp_wmem"];
        (string Name, long Most)[] found = [.. names
            .Select(name => (Name: name, Numbers: context.Files.Numbers(Folder + name)))
            .Where(pair => pair.Numbers.Count == 3).Select(pair => (pair.Name, pair.Numbers[2]))]; // least, default, most
        if (found.Length == 0) yield return Skip("this system does not show the limits of its buffers");
        foreach ((string name, long most) in found.Where(pair => pair.Most < Enough))
            yield return Warn($"net.ipv4.{name} ends at {most} bytes: over 100 ms that is {most * 8 / 100_000} Mbit/s a connection, and no more",
                $"sysctl -w net.ipv4.{name}=\"4096 131072 {3 * Enough}\"");
        if (found.Length > 0 && Array.TrueForAll(found, pair => pair.Most >= Enough))
            yield return Ok(string.Join(", ", found.Select(pair => $"net.ipv4.{pair.Name} up to {pair.Most >> 20} MiB")));
    }
}
