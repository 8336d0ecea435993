namespace MultiExit.Engine.Metrics;

/// <summary>Which users have metrics of their own. A user keeps its place, or the lack of one, so that no sum ever goes down. Thread-safe.</summary>
internal sealed class UserLabels
{
    /// <summary>The label of all users without a place.</summary>
    public const string Other = "other";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private int _places;

    /// <summary>The label of a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="most">The most that have places; more than that keep those they have.</param>
    public string Of(string user, int most)
    {
        lock (_lock)
        {
            if (_labels.TryGetValue(user, out string? label)) return label;
            if (_places >= most) return _labels[user] = Other;
            _places++;
            return _labels[user] = user;
        }
    }
}
