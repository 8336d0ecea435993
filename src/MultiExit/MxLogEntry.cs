using System.Collections.Specialized;
using MultiExit.Engine.Diagnostics;

namespace MultiExit;

/// <summary>A message of a server's log.</summary>
public sealed class MxLogEntry
{
    internal MxLogEntry(RunningServer server, LogEntry entry)
    {
        Server = server.Name;
        Socket = server.Socket;
        Time = entry.Time;
        Level = entry.Level.ToString();
        Id = entry.Id;
        Message = entry.Message;
        foreach ((string name, string value) in entry.Properties) Properties.Add(name, value);
        Exception = entry.Exception;
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>The control socket that the server was reached over; null for a server of this session.</summary>
    public string? Socket { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Debug, Info, Warning or Error.</summary>
    public string Level { get; }

    /// <summary>The id, which never changes: MX2010. docs/operations.md lists them.</summary>
    public string Id { get; }

    /// <summary>The sentence.</summary>
    public string Message { get; }

    /// <summary>What the sentence was made of, as text, by name: Client, Inbound, User, Exit, ...</summary>
    public OrderedDictionary Properties { get; } = [];

    /// <summary>The exception of a fault of the program; null for all others.</summary>
    public string? Exception { get; }

    /// <summary>The form <c>MX2010 message</c>.</summary>
    public override string ToString() => $"{Id} {Message}";
}
