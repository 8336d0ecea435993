using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>A query as SQL. What was asked for is bound and never part of the text.</summary>
internal sealed class RecordFilter
{
    // A key may be that much later than the end: keys grow even where two threads end sessions at the same time.
    public static readonly long Slack = TimeSpan.FromSeconds(5).Ticks;

    private readonly List<string> _terms = ["key >= $from", "key < $before"];
    private readonly List<SqliteParameter> _values = [];

    /// <param name="query">What is looked for.</param>
    public RecordFilter(RecordQuery query)
    {
        if (query.Source is { Port: 0 } any) AddAddress(any.Address);
        else if (query.Source is { } source) Add(RecordColumns.Source, "=", source.ToString());
        if (query.User is { } user) Add(RecordColumns.User, "=", user);
        if (query.Destination is { } destination) AddDestination(destination);
        if (query.Exit is { } exit) AddExit(exit);
        if (query.Outcome is { } outcome) Add(RecordColumns.Outcome, "=", outcome.Word());
        if (query.At is { } at)
        {
            From = AliveFrom = Ticks(at, -query.Within);
            LatestStart = Ticks(at, query.Within);
            Add(RecordColumns.Ended, ">=", From);
            Add(RecordColumns.Started, "<=", LatestStart);
        }
        if (query.Since is { } since)
        {
            From = Math.Max(From, Ticks(since, TimeSpan.Zero));
            Add(RecordColumns.Ended, ">=", Ticks(since, TimeSpan.Zero));
        }
        if (query.Until is { } until)
        {
            Before = Ticks(until, TimeSpan.Zero) + Slack + 1;
            Add(RecordColumns.Ended, "<=", Ticks(until, TimeSpan.Zero));
        }
        if (query.Before is { } before) Before = Math.Min(Before, before);
        IsIndexed = query.Source is { Port: > 0 } || query.User is not null || query.Destination is not null;
    }

    /// <summary>The least key that may be among them.</summary>
    public long From { get; }

    /// <summary>The key behind the greatest that may be among them.</summary>
    public long Before { get; } = DateTimeOffset.MaxValue.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>Of a query for a time, the earliest end.</summary>
    public long AliveFrom { get; }

    /// <summary>No session began later.</summary>
    public long LatestStart { get; } = long.MaxValue;

    /// <summary>Whether an index leads to them, so that a day is as quick as an hour.</summary>
    public bool IsIndexed { get; }

    /// <summary>The condition.</summary>
    public string Sql => string.Join(" AND ", _terms);

    /// <summary>Binds what does not change from one range of keys to the next.</summary>
    public void Bind(SqliteCommand command)
    {
        foreach (string name in (string[])["$from", "$before", "$limit"]) command.Parameters.Add(new SqliteParameter(name, SqliteType.Integer));
        foreach (SqliteParameter value in _values) command.Parameters.Add(new SqliteParameter(value.ParameterName, value.Value));
    }

    /// <summary>Binds a range of keys.</summary>
    public static void Bind(SqliteCommand command, long from, long before, int limit)
    {
        command.Parameters["$from"].Value = from;
        command.Parameters["$before"].Value = before;
        command.Parameters["$limit"].Value = limit;
    }

    private static long Ticks(DateTimeOffset time, TimeSpan shift)
    {
        long ticks = RecordColumns.ToTicks(time);
        return Math.Clamp(ticks + Math.Clamp(shift.Ticks, -TimeSpan.FromDays(36_500).Ticks, TimeSpan.FromDays(36_500).Ticks), 0, long.MaxValue / 2);
    }

    // The exits of the addresses of a pool have its name and an @ at their beginning; the bracket is greater than that, and in no name.
    private void AddExit(string exit)
    {
        string column = PartitionSchema.Quote(RecordColumns.Exit);
        _terms.Add($"({column} = {Bound(exit)} OR {column} > {Bound(exit + '@')} AND {column} < {Bound(exit + '[')})");
    }

    private void AddDestination(string destination)
    {
        _terms.Add($"{PartitionSchema.Host} = {Bound(HostOf(destination))}");
        if (IsWhole(destination)) Add(RecordColumns.Destination, "=", destination);
    }

    /// <summary>A destination up to its port, <c>example.com:</c>.</summary>
    public static string HostOf(string destination) => IsWhole(destination) ? destination[..(destination.LastIndexOf(':') + 1)]
        : AddressText.TryParse(destination.Trim('[', ']'), out IPAddress? address) ? Host(address) : destination + ':';

    /// <summary>Whether it is host:port, and no IPv6 address without brackets.</summary>
    public static bool IsWhole(string destination) => destination.LastIndexOf(':') is > 0 and var colon
        && (destination[colon - 1] == ']' || destination.IndexOf(':', StringComparison.Ordinal) == colon);

    /// <summary>An address up to its port.</summary>
    public static string Host(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:" : $"{address}:";

    private void Add(RecordColumn column, string comparison, object value) => _terms.Add($"{PartitionSchema.Quote(column)} {comparison} {Bound(value)}");

    // All texts with a beginning lie between it and the beginning with its last character, a colon, one further. Most records may have the address:
    // the index would bring all of them before the first is known.
    private void AddAddress(IPAddress address)
    {
        string beginning = Host(address);
        _terms.Add($"+source >= {Bound(beginning)} AND +source < {Bound(beginning[..^1] + ';')}");
    }

    private string Bound(object value)
    {
        SqliteParameter parameter = new($"$p{_values.Count}", value);
        _values.Add(parameter);
        return parameter.ParameterName;
    }
}
