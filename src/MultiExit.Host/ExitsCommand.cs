using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary><c>multiexit exits</c></summary>
internal static class ExitsCommand
{
    private const string Expected = "publish, unpublish or members";

    // As much as a server takes.
    private const int MaxInput = 64 * 1024;

    public static async Task<ExitCode> RunAsync(string[] args, TextReader input, TextWriter output) => args switch
    {
        ["publish", .. string[] rest] => await PublishAsync(rest, input, output).ConfigureAwait(false),
        ["unpublish", .. string[] rest] => await UnpublishAsync(rest).ConfigureAwait(false),
        ["members", .. string[] rest] => await ListAsync(rest, output).ConfigureAwait(false),
        [] => throw new UsageException($"exits: expected {Expected}"),
        _ => throw new UsageException($"exits: unknown command {CommandLine.Shown(args[0])}; expected {Expected}"),
    };

    // The exit comes from standard input: every user of the machine sees an argument, and a password may be in it.
    private static async Task<ExitCode> PublishAsync(string[] args, TextReader input, TextWriter output)
    {
        const string Command = "exits publish";
        Options options = Options.Parse(Command, args, ["--socket", "--group", "--name", "--expires"], []);
        ControlClient client = new(Needed(options, Command, "--socket"));
        string group = Needed(options, Command, "--group");
        string text = (await ReadAsync(input).ConfigureAwait(false)).Trim();
        JsonObject exit = text.StartsWith('{') ? Parse(text) : new JsonObject { ["server"] = text };
        if (options.Single("--expires") is { } expires)
        {
            if (!DurationText.TryParse(expires, out _)) throw new UsageException($"{Command}: --expires is no duration; expected {DurationText.Expected}");
            exit["expires"] = expires;
        }
        ExitStatus published = await client.PublishExitAsync(group, options.Single("--name"), JsonSerializer.SerializeToElement(exit)).ConfigureAwait(false);
        await output.WriteLineAsync(Line(published)).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static async Task<ExitCode> UnpublishAsync(string[] args)
    {
        const string Command = "exits unpublish";
        Options options = Options.Parse(Command, args, ["--socket", "--group", "--name"], []);
        ControlClient client = new(Needed(options, Command, "--socket"));
        (string group, string name) = (Needed(options, Command, "--group"), Needed(options, Command, "--name"));
        if (await client.UnpublishExitAsync(group, name).ConfigureAwait(false)) return ExitCode.Ok;
        throw new UsageException($"{Command}: group {group} has no published exit of that name; it may have expired");
    }

    private static async Task<ExitCode> ListAsync(string[] args, TextWriter output)
    {
        const string Command = "exits members";
        Options options = Options.Parse(Command, args, ["--socket", "--group"], []);
        ControlClient client = new(Needed(options, Command, "--socket"));
        foreach (ExitStatus member in await client.GetMembersAsync(Needed(options, Command, "--group")).ConfigureAwait(false))
            await output.WriteLineAsync(Line(member)).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static string Line(ExitStatus exit)
    {
        string until = exit.Expires is { } expires ? string.Create(CultureInfo.InvariantCulture, $" until {expires.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}") : "";
        return $"{exit.Name}: {exit.Type}, {(exit.Origin == MemberOrigin.List ? "of the list" : "published")}{until}";
    }

    private static string Needed(Options options, string command, string name) =>
        options.Single(name) ?? throw new UsageException($"{command}: {name} is needed");

    private static async Task<string> ReadAsync(TextReader input)
    {
        char[] buffer = new char[MaxInput + 1];
        int length = await input.ReadBlockAsync(buffer).ConfigureAwait(false);
        return length <= MaxInput ? new string(buffer, 0, length)
            : throw new UsageException($"exits publish: standard input has more than {MaxInput / 1024} KiB; expected a URL or a JSON object");
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetBytes(text)) as JsonObject ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new UsageException("exits publish: standard input is no URL and no JSON object with the keys of an exit");
        }
    }
}
