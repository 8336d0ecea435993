namespace MultiExit.Engine.Services;

/// <summary>What makes a configuration a service, or takes it away again.</summary>
/// <param name="Unit">The unit, <c>multiexit@NAME.service</c>.</param>
/// <param name="Written">The files that are written.</param>
/// <param name="Deleted">The files that are deleted.</param>
/// <param name="Commands">The commands of systemctl before the files change.</param>
/// <param name="After">Those behind it.</param>
internal sealed record ServicePlan(
    string Unit, IReadOnlyList<ServiceFile> Written, IReadOnlyList<string> Deleted, IReadOnlyList<string[]> Commands, IReadOnlyList<string[]> After)
{
    /// <summary>The plan for people: the commands, and each file with its text.</summary>
    public IEnumerable<string> Lines() => [
        .. Commands.Select(Line),
        .. Deleted.Select(file => $"rm {file}"),
        .. Written.Select(file => $"write {file.Path}:{Environment.NewLine}{file.Text}"),
        .. After.Select(Line)];

    private static string Line(string[] arguments) => string.Join(' ', arguments.Prepend("systemctl"));
}
