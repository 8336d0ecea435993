using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>name_parameters</c> and <c>name_separator</c>.</summary>
internal static class NameParametersBinder
{
    // In the order of NameParameter.
    private static readonly string[] Words = ["session", "exit", "country", "ttl"];

    /// <summary>Reads them; null: a name is a name.</summary>
    public static NameParametersConfig? Read(MapReader root)
    {
        ReadContext context = root.Context;
        ConfigNode? node = root.Take("name_parameters");
        char separator = ReadSeparator(root);
        if (node is null)
        {
            if (root.Take("name_separator") is { } alone) context.Errors.Add(alone.Place, "there are no `name_parameters` that it could separate");
            return null;
        }
        List<NameParameter> allowed = [];
        foreach (ConfigNode item in context.Values.Values(node, $"a list of {ErrorText.OneOf(Words)}"))
        {
            if (context.Values.Choice(item, Words) is not { } word) continue;
            NameParameter parameter = (NameParameter)Array.IndexOf(Words, word);
            if (allowed.Contains(parameter)) context.Errors.Add(item.Place, $"{ErrorText.Quote(word)} stands in the list twice; expected it once");
            else allowed.Add(parameter);
        }
        if (allowed.Contains(NameParameter.Ttl) && !allowed.Contains(NameParameter.Session))
            context.Errors.Add(node.Place, "\"ttl\" is how long a session's binding lasts; expected \"session\" in the list as well");
        return new(allowed, separator);
    }

    /// <summary>Checks them beside the users that may log in.</summary>
    public static void Check(MapReader root, GatewayConfig config)
    {
        if (config.NameParameters is not { } names || names.Problem(config.AllUsers) is not { } problem) return;
        root.Context.Errors.Add((root.Take("name_separator") ?? root.Take("name_parameters")!).Place, problem);
    }

    private static char ReadSeparator(MapReader root)
    {
        if (root.Text("name_separator", NameParametersConfig.ExpectedSeparator) is not { } text) return NameParametersConfig.DefaultSeparator;
        if (text.Length == 1 && NameParametersConfig.IsSeparator(text[0])) return text[0];
        root.Context.Values.Expect(root.Take("name_separator")!, NameParametersConfig.ExpectedSeparator);
        return NameParametersConfig.DefaultSeparator;
    }
}
