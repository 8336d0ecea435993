using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one rule. Inbounds have to be read before.</summary>
internal sealed class RouteBinder(NameTable names)
{
    private readonly ConditionBinder _conditions = new(names);

    /// <summary>Reads a rule.</summary>
    /// <returns>Null when something that the rule needs is wrong.</returns>
    public RouteConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        string? word = reader.Choice("action", "exit", "allow", "deny", "report");
        bool isExit = word == "exit" || word is null && !reader.Has("action");
        RouteAction action = word switch
        {
            "allow" => RouteAction.Allow,
            "deny" => RouteAction.Deny,
            "report" => RouteAction.Report,
            _ => RouteAction.Exit,
        };
        bool sniffed = reader.Flag("sniffed") ?? false;
        RouteConditions conditions = _conditions.Read(reader);
        ConfigNode? exitNode = isExit ? reader.Require("exit", "the name of an exit or group") : reader.Take("exit");
        string? exit = exitNode is null ? null : context.Values.Text(exitNode, "the name of an exit or group");
        if (exit is not null) names.UseExit(null, exit, exitNode!.Place);
        if (exitNode is not null && action is RouteAction.Allow or RouteAction.Deny)
        {
            context.Errors.Add(exitNode.Place, action == RouteAction.Allow
                ? "of no use with `action: allow`, which takes the exit of `default`"
                : "of no use with `action: deny`, which takes none");
        }
        _conditions.RequireOne(reader, "a rule", " (`default` takes the rest)");
        reader.Finish();
        return exit is null && action == RouteAction.Exit ? null : new(conditions) { Action = action, Exit = exit, Sniffed = sniffed };
    }
}
