using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Dashboard;

/// <summary>Who is let in.</summary>
/// <param name="Name">The user.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="Proof">The password (or its hash) or the token that was shown, as the configuration has it. Once the configuration has another one,
/// the visitor is let in no more.</param>
internal sealed record DashboardVisitor(string Name, DashboardRole Role, object Proof)
{
    public bool IsOperator => Role == DashboardRole.Operator;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
