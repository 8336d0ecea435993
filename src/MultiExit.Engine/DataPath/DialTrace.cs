using System.Net;

namespace MultiExit.Engine.DataPath;

/// <summary>What a dial leaves for the record of its session: which address, which socket, which attempts. One dial writes at a time; whoever
/// reads a live session sees what is known so far.</summary>
internal sealed class DialTrace
{
    private readonly Lock _lock = new();
    private readonly List<DialAttempt> _attempts = [];

    /// <summary>The address that the destination's name was resolved to, of those tried the one that answered.</summary>
    public IPAddress? Resolved { get; set; }

    /// <summary>How long the name took.</summary>
    public TimeSpan? Resolving { get; set; }

    /// <summary>The connection that left this host.</summary>
    public LeftConnection? Left { get; set; }

    /// <summary>The attempts that have ended, in their order.</summary>
    public IReadOnlyList<DialAttempt> Attempts
    {
        get
        {
            lock (_lock) return [.. _attempts];
        }
    }

    /// <summary>What is made of each attempt, in their order.</summary>
    public T[] Select<T>(Func<DialAttempt, T> make)
    {
        lock (_lock)
        {
            if (_attempts.Count == 0) return [];
            T[] made = new T[_attempts.Count];
            for (int i = 0; i < made.Length; i++) made[i] = make(_attempts[i]);
            return made;
        }
    }

    /// <summary>A connection was opened; of those through each other the first leaves this host, and the name that counts is the target's.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="resolved">What its destination's name was resolved to; null for an address.</param>
    public void Leave(LeftConnection connection, IPAddress? resolved)
    {
        Left = connection;
        Resolved = resolved;
    }

    /// <summary>What was opened leads to a proxy, which knows the target's address.</summary>
    public void LeadToProxy()
    {
        if (Left is { Kind: LeftKind.Target } left) Left = left with { Kind = LeftKind.Proxy };
        (Resolved, Resolving) = (null, null);
    }

    /// <summary>The connection, where it is a carrier for many.</summary>
    public LeftConnection? Carrier => Left is { } left ? left with { Kind = LeftKind.Carrier } : null;

    /// <summary>Takes over what one of several dials has left; the last one counts.</summary>
    public void Take(DialTrace dial)
    {
        (Left, Resolved, Resolving) = (dial.Left, dial.Resolved, dial.Resolving);
        lock (_lock) _attempts.AddRange(dial.Attempts);
    }

    /// <summary>An attempt has ended. What one opened that failed is of no session.</summary>
    public void Add(DialAttempt attempt)
    {
        if (attempt.Failure != DialFailure.None) Left = null;
        lock (_lock) _attempts.Add(attempt);
    }
}
