using System.Net;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Diagnostics;

/// <summary>Bounds how many messages are written that any client can cause, so that a flood of refusals fills no disk and hides nothing: each
/// id has a number of messages in each period, and each client a share of them. The rest is counted. Thread-safe.</summary>
internal sealed class LogGate(TimeProvider time)
{
    /// <summary>The messages of one id in a period.</summary>
    public const int PerId = 100;

    /// <summary>The messages of one id that one client may cause in a period.</summary>
    public const int PerClient = 10;

    /// <summary>The period.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Count> _byId = new(StringComparer.Ordinal);

    /// <summary>Whether a message is written; one that is not is counted.</summary>
    /// <param name="id">The id of the message.</param>
    /// <param name="client">The client that caused it.</param>
    public bool TryPass(string id, IPEndPoint client)
    {
        IPAddress key = ClientPrefix.Of(client.Address);
        long now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out Count? count)) _byId[id] = count = new Count { Began = now, Since = now };
            if (time.GetElapsedTime(count.Began, now) >= Window)
            {
                count.Began = now;
                count.ByClient.Clear();
                count.Written = 0;
            }
            int ofClient = count.ByClient.GetValueOrDefault(key);
            if (count.Written >= PerId || ofClient >= PerClient)
            {
                if (count.LeftOut++ == 0) count.Since = now;
                return false;
            }
            // As many clients as messages at most.
            count.Written++;
            count.ByClient[key] = ofClient + 1;
            return true;
        }
    }

    /// <summary>The messages that were left out, each id once, and since when; counted from zero again. Called periodically.</summary>
    /// <param name="all">Whether ids whose first message was left out only a moment ago are reported too.</param>
    public IReadOnlyList<(string Id, long LeftOut, TimeSpan Within)> Take(bool all = false)
    {
        List<(string, long, TimeSpan)> taken = [];
        long now = time.GetTimestamp();
        lock (_lock)
        {
            foreach ((string id, Count count) in _byId)
            {
                TimeSpan within = time.GetElapsedTime(count.Since, now);
                if (count.LeftOut == 0 || (!all && within < Window)) continue;
                taken.Add((id, count.LeftOut, within));
                count.LeftOut = 0;
            }
        }
        return taken;
    }

    private sealed class Count
    {
        public Dictionary<IPAddress, int> ByClient { get; } = [];

        public long Began { get; set; }

        public long Since { get; set; }

        public int Written { get; set; }

        public long LeftOut { get; set; }
    }
}
