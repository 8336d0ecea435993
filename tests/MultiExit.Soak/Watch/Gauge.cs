using System.Text.Json;
using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Watch;

/// <summary>Reads a server's process in /proc and its status at the control socket.</summary>
internal static class Gauge
{
    public static async Task<Sample> ReadAsync(Server server)
    {
        // Before the question, whose connection is one more.
        string[] links = [.. Links(server)];
        JsonElement status = await server.Control.GetAsync("server");
        return new Sample(
            links.Count(target => !IsPipe(target)),
            links.Count(IsPipe),
            Directory.GetDirectories($"/proc/{server.Id}/task").Length,
            ProcFile.Number($"/proc/{server.Id}/status", "VmRSS:"),
            status.GetProperty("sessions").GetInt32(),
            status.GetProperty("connections").GetInt32(),
            status.GetProperty("memory").GetProperty("used").GetInt64());
    }

    /// <summary>What the descriptors are, in groups.</summary>
    public static IEnumerable<string> Descriptors(Server server) =>
        Links(server).GroupBy(name => IsPipe(name) || name.StartsWith("socket:", StringComparison.Ordinal) ? name.Split('[')[0] : name)
            .Select(group => $"{group.Count()} {group.Key}").Order(StringComparer.Ordinal);

    /// <summary>What the descriptors lead to. The runtime opens each assembly of its own when some code first needs it, and keeps it: no session's
    /// doing.</summary>
    public static IEnumerable<string> Links(Server server) => Directory.GetFileSystemEntries($"/proc/{server.Id}/fd")
        .Select(link => new FileInfo(link).LinkTarget).OfType<string>().Where(target => !target.EndsWith(".dll", StringComparison.Ordinal));

    private static bool IsPipe(string target) => target.StartsWith("pipe:", StringComparison.Ordinal);
}
