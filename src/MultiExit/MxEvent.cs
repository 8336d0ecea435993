using System.Collections.Specialized;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>Something that happened to a server.</summary>
public sealed class MxEvent
{
    internal MxEvent(RunningServer server, ServerEvent told)
    {
        Server = server.Name;
        Socket = server.Socket;
        Number = told.Number;
        Time = told.Time;
        Type = told.Type;
        Level = told.Level.ToString();
        Id = told.Id;
        Message = told.Message;
        foreach ((string name, string value) in told.Properties) Properties.Add(name, value);
        Repeated = told.Repeated;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>Counts up within a server's life, from 1.</summary>
    public long Number { get; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>What happened: exit-down, config-applied, ... docs/events.md lists them.</summary>
    public string Type { get; }

    /// <summary>Info, Warning or Error.</summary>
    public string Level { get; }

    /// <summary>The id of the message in the log.</summary>
    public string Id { get; }

    /// <summary>The sentence.</summary>
    public string Message { get; }

    /// <summary>What the sentence was made of, as text, by name: Exit, Client, User, ...</summary>
    public OrderedDictionary Properties { get; } = [];

    /// <summary>How many of the same subject came shortly before it and were not told.</summary>
    public int Repeated { get; }

    /// <summary>The form <c>exit-down message</c>.</summary>
    public override string ToString() => $"{Type} {Message}";
}
