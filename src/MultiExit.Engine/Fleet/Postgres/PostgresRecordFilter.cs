using MultiExit.Engine.Records;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>A query of records as SQL of PostgreSQL. What was asked for is bound and never part of the text.</summary>
internal sealed class PostgresRecordFilter
{
    private readonly List<string> _terms = [];
    private readonly List<object> _values = [];

    /// <param name="fleet">The fleet.</param>
    /// <param name="query">What is looked for.</param>
    public PostgresRecordFilter(string fleet, RecordQuery query)
    {
        RecordFilter bounds = new(query);
        (From, Before, IsIndexed) = (bounds.From, bounds.Before, bounds.IsIndexed);
        Add("fleet = {0}", fleet);
        if (query.Source is { Port: 0 } any)
        {
            string beginning = RecordFilter.Host(any.Address);
            Add("\"source\" COLLATE \"C\" >= {0}", beginning);
            Add("\"source\" COLLATE \"C\" < {0}", beginning[..^1] + ';');
        }
        else if (query.Source is { } source) Add("\"source\" = {0}", source.ToString());
        if (query.User is { } user) Add("lower(\"user\") = lower({0})", user);
        if (query.Destination is { } destination)
        {
            Add("lower(rtrim(\"destination\", '0123456789')) = lower({0})", RecordFilter.HostOf(destination));
            if (RecordFilter.IsWhole(destination)) Add("lower(\"destination\") = lower({0})", destination);
        }
        // The exits of the addresses of a pool have its name and an @ at their beginning.
        if (query.Exit is { } exit) Add("lower(split_part(\"exit\", '@', 1)) = lower({0}) OR lower(\"exit\") = lower({0})", exit);
        if (query.Outcome is { } outcome) Add("\"outcome\" = {0}", Status.SessionOutcomes.Word(outcome));
        if (query.At is not null)
        {
            Add("\"ended\" >= {0}", bounds.AliveFrom);
            Add("\"started\" <= {0}", bounds.LatestStart);
        }
        if (query.Since is { } since) Add("\"ended\" >= {0}", RecordColumns.ToTicks(since));
        if (query.Until is { } until) Add("\"ended\" <= {0}", RecordColumns.ToTicks(until));
    }

    /// <summary>The least key that may be among them.</summary>
    public long From { get; }

    /// <summary>The key behind the greatest that may be among them.</summary>
    public long Before { get; }

    /// <summary>Whether an index leads to them.</summary>
    public bool IsIndexed { get; }

    /// <summary>The condition, with a range of keys behind all other parameters.</summary>
    public string Sql => $"{string.Join(" AND ", _terms)} AND key >= ${_values.Count + 1} AND key < ${_values.Count + 2}";

    /// <summary>The parameter behind the range of keys.</summary>
    public int NextParameter => _values.Count + 3;

    /// <summary>The values of the parameters.</summary>
    public object[] Values(long from, long before, params object[] more) => [.. _values, from, before, .. more];

    private void Add(string term, object value)
    {
        _values.Add(value);
        _terms.Add($"({string.Format(System.Globalization.CultureInfo.InvariantCulture, term, $"${_values.Count}")})");
    }
}
