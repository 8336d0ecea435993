using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The rule sets.</summary>
internal sealed class RuleSetResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<RuleSetStatus>>("/sets", "The rule sets."),
        ControlRoute.Get<RuleSetStatus>("/sets/{name}", "A rule set."),
        ControlRoute.Post<RuleSetStatus>("/sets/{name}/update", "Reads a rule set from its source now."),
    ];

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        IReadOnlyList<RuleSetStatus> sets = await server.GetRuleSetsAsync().ConfigureAwait(false);
        if (request.Path is ["sets"]) return ControlAnswer.Ok(sets);
        if (sets.FirstOrDefault(set => set.Name == request.Path[1]) is not { } found)
            return ControlAnswer.Fail(404, "RuleSetNotFound", $"there is no rule set named {request.Path[1]}");
        return ControlAnswer.Ok(request.Path.Length == 2 ? found : await server.UpdateRuleSetAsync(found.Name, request.Closing).ConfigureAwait(false));
    }
}
