using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section <c>notify</c>.</summary>
internal static class NotifyBinder
{
    private const int MaxUrl = 2048, MaxToken = 4096;

    public static IReadOnlyList<NotifyConfig> Read(MapReader root)
    {
        List<NotifyConfig> all = [];
        foreach (MapReader reader in root.Maps("notify", "a URL or a command"))
            if (ReadOne(reader) is { } one) all.Add(one);
        return all;
    }

    private static NotifyConfig? ReadOne(MapReader reader)
    {
        Secret? url = ReadUrl(reader);
        Secret? token = ReadToken(reader);
        List<string> command = ReadCommand(reader);
        List<string> events = ReadEvents(reader);
        if (reader.Has("url") == reader.Has("command"))
            reader.Context.Errors.Add(reader.Place, "expected either `url` or `command`, where events are told");
        else if (token is not null && url is null && !reader.Has("url"))
            reader.Context.Errors.Add(reader.Take("token")!.Place, "a token is for a URL; expected none beside `command`");
        reader.Finish();
        return url is null && command.Count == 0 ? null : new NotifyConfig { Url = url, Token = token, Command = command, Events = events };
    }

    private static Secret? ReadUrl(MapReader reader)
    {
        if (reader.Take("url") is not { } node || reader.Context.Secrets.Read(node, MaxUrl) is not { } secret) return null;
        string text = Encoding.UTF8.GetString(secret.Reveal()).TrimEnd();
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0)
            return new Secret(text);
        // Not shown: it may be a credential.
        reader.Context.Errors.Add(node.Place, "expected a URL with http:// or https:// and without user info");
        return null;
    }

    private static Secret? ReadToken(MapReader reader)
    {
        if (reader.Take("token") is not { } node || reader.Context.Secrets.Read(node, MaxToken) is not { } token) return null;
        if (!TokenText.IsValid(token)) reader.Context.Errors.Add(node.Place, TokenText.Problem);
        return token;
    }

    private static List<string> ReadCommand(MapReader reader)
    {
        const string Expected = "a list of a program, by its absolute path, and its arguments";
        List<string> command = [];
        if (reader.Take("command") is not { } node) return command;
        foreach (ConfigNode item in reader.Context.Values.Values(node, Expected))
            if (reader.Context.Values.Text(item, Expected) is { } text) command.Add(text);
        if (command.Count == 0 || Path.IsPathFullyQualified(command[0])) return command;
        reader.Context.Errors.Add(node.Place, $"{ErrorText.Quote(command[0])} is no absolute path; expected {Expected}");
        return [];
    }

    private static List<string> ReadEvents(MapReader reader)
    {
        List<string> events = [];
        if (reader.Take("events") is not { } node) return events;
        foreach (ConfigNode item in reader.Context.Values.Values(node, "a list of types of events that is not empty"))
            if (reader.Context.Values.Choice(item, EventNames.All) is { } type) events.Add(type);
        return events;
    }
}
