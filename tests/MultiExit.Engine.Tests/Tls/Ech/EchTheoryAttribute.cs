namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>Tests that need a library with ECH; skipped, with the reason, where there is none.</summary>
internal sealed class EchTheoryAttribute : TheoryAttribute
{
    public EchTheoryAttribute() => Skip = EchSetup.WhyNot;
}
