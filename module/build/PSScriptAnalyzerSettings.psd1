@{
    Severity     = @('Error', 'Warning')
    ExcludeRules = @(
        # Helpers of the build and of tests: they change files on purpose and have no user to confirm with.
        'PSUseShouldProcessForStateChangingFunctions'
        # Pester sets variables in one block and reads them in another, and passes parameters of -ForEach by name.
        'PSUseDeclaredVarsMoreThanAssignments'
        'PSReviewUnusedParameter'
    )
}
