using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Watch;

/// <summary>How often the threads of a server are woken while it is at rest: a timer that nobody ended goes on for ever.</summary>
/// <param name="PerSecond">All of them.</param>
/// <param name="Threads">Those that are woken most.</param>
internal sealed record WakeUps(double PerSecond, string Threads)
{
    private static readonly TimeSpan Counted = TimeSpan.FromSeconds(4);
    private const int Counts = 4;

    /// <summary>The smallest of several counts: a timer is in each of them, and what happens now and then is not.</summary>
    public static async Task<WakeUps[]> CountAsync(IReadOnlyList<Server> servers)
    {
        WakeUps[] least = [.. servers.Select(_ => new WakeUps(double.MaxValue, ""))];
        for (int count = 0; count < Counts; count++)
        {
            Dictionary<string, long>[] before = [.. servers.Select(Waits)];
            await Task.Delay(Counted);
            for (int at = 0; at < servers.Count; at++)
            {
                WakeUps found = Between(before[at], Waits(servers[at]));
                if (found.PerSecond < least[at].PerSecond) least[at] = found;
            }
        }
        return least;
    }

    private static WakeUps Between(Dictionary<string, long> before, Dictionary<string, long> now)
    {
        (string Thread, double Rate)[] rates = [.. now.Where(each => before.ContainsKey(each.Key))
            .Select(each => (each.Key, (each.Value - before[each.Key]) / Counted.TotalSeconds)).OrderByDescending(each => each.Item2)];
        return new WakeUps(rates.Sum(each => each.Rate), string.Join(", ", rates.Take(4).Select(each => $"{each.Rate:0} {each.Thread}")));
    }

    // How often each thread has waited so far, by its number and name.
    private static Dictionary<string, long> Waits(Server server)
    {
        Dictionary<string, long> found = [];
        foreach (string thread in Directory.GetDirectories($"/proc/{server.Id}/task"))
        {
            try
            {
                string name = $"{Path.GetFileName(thread)} {File.ReadAllText(thread + "/comm").Trim()}";
                found[name] = ProcFile.Number(thread + "/status", "voluntary_ctxt_switches:");
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException)
            {
                // A thread that has ended meanwhile.
            }
        }
        return found;
    }
}
