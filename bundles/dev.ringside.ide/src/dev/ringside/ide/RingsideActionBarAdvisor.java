package dev.ringside.ide;

import static org.eclipse.ui.IWorkbenchActionConstants.MB_ADDITIONS;

import org.eclipse.jface.action.GroupMarker;
import org.eclipse.jface.action.IAction;
import org.eclipse.jface.action.ICoolBarManager;
import org.eclipse.jface.action.IMenuManager;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.actions.ContributionItemFactory;
import org.eclipse.ui.application.ActionBarAdvisor;
import org.eclipse.ui.application.IActionBarConfigurer;

/**
 * Menus with what belongs to a virtualization IDE, and the groups by which other plug-ins find their place in them. The <em>Run</em> menu and the
 * tool bar come from the debug platform; the rest of Eclipse's IDE menus is left out on purpose.
 */
final class RingsideActionBarAdvisor extends ActionBarAdvisor {
    private final IWorkbenchWindow window;

    RingsideActionBarAdvisor(IActionBarConfigurer configurer) {
        super(configurer);
        window = configurer.getWindowConfigurer().getWindow();
    }

    @Override
    protected void fillMenuBar(IMenuManager bar) {
        bar.add(fileMenu());
        bar.add(editMenu());
        bar.add(navigateMenu());
        bar.add(new GroupMarker(MB_ADDITIONS));
        bar.add(windowMenu());
        bar.add(helpMenu());
    }

    private MenuManager fileMenu() {
        MenuManager menu = new MenuManager("&File", IWorkbenchActionConstants.M_FILE);
        menu.add(new GroupMarker(IWorkbenchActionConstants.FILE_START));
        MenuManager newMenu = new MenuManager("&New", "new");
        newMenu.add(ContributionItemFactory.NEW_WIZARD_SHORTLIST.create(window));
        menu.add(newMenu);
        menu.add(new GroupMarker(IWorkbenchActionConstants.NEW_EXT));
        menu.add(new Separator());
        menu.add(action(ActionFactory.CLOSE));
        menu.add(action(ActionFactory.CLOSE_ALL));
        menu.add(new GroupMarker(IWorkbenchActionConstants.CLOSE_EXT));
        menu.add(new Separator());
        menu.add(action(ActionFactory.SAVE));
        menu.add(action(ActionFactory.SAVE_ALL));
        menu.add(new GroupMarker(IWorkbenchActionConstants.SAVE_EXT));
        menu.add(action(ActionFactory.REVERT));
        menu.add(new Separator());
        menu.add(action(ActionFactory.RENAME));
        menu.add(action(ActionFactory.REFRESH));
        menu.add(new Separator());
        menu.add(action(ActionFactory.IMPORT));
        menu.add(action(ActionFactory.EXPORT));
        menu.add(action(ActionFactory.PROPERTIES));
        menu.add(new Separator(MB_ADDITIONS));
        menu.add(new Separator());
        menu.add(action(ActionFactory.QUIT));
        menu.add(new GroupMarker(IWorkbenchActionConstants.FILE_END));
        return menu;
    }

    private MenuManager editMenu() {
        MenuManager menu = new MenuManager("&Edit", IWorkbenchActionConstants.M_EDIT);
        menu.add(new GroupMarker(IWorkbenchActionConstants.EDIT_START));
        menu.add(action(ActionFactory.UNDO));
        menu.add(action(ActionFactory.REDO));
        menu.add(new GroupMarker(IWorkbenchActionConstants.UNDO_EXT));
        menu.add(new Separator());
        menu.add(action(ActionFactory.CUT));
        menu.add(action(ActionFactory.COPY));
        menu.add(action(ActionFactory.PASTE));
        menu.add(new GroupMarker(IWorkbenchActionConstants.CUT_EXT));
        menu.add(new Separator());
        menu.add(action(ActionFactory.DELETE));
        menu.add(action(ActionFactory.SELECT_ALL));
        menu.add(new Separator());
        menu.add(action(ActionFactory.FIND));
        menu.add(new GroupMarker(IWorkbenchActionConstants.FIND_EXT));
        menu.add(new GroupMarker(IWorkbenchActionConstants.ADD_EXT));
        menu.add(new GroupMarker(IWorkbenchActionConstants.EDIT_END));
        menu.add(new Separator(MB_ADDITIONS));
        return menu;
    }

    private static MenuManager navigateMenu() {
        MenuManager menu = new MenuManager("&Navigate", IWorkbenchActionConstants.M_NAVIGATE);
        menu.add(new GroupMarker(IWorkbenchActionConstants.NAV_START));
        menu.add(new GroupMarker(IWorkbenchActionConstants.OPEN_EXT));
        menu.add(new GroupMarker(IWorkbenchActionConstants.SHOW_EXT));
        menu.add(new Separator(MB_ADDITIONS));
        menu.add(new GroupMarker(IWorkbenchActionConstants.NAV_END));
        return menu;
    }

    private MenuManager windowMenu() {
        MenuManager menu = new MenuManager("&Window", IWorkbenchActionConstants.M_WINDOW);
        MenuManager views = new MenuManager("Show &View", "showView");
        views.add(ContributionItemFactory.VIEWS_SHORTLIST.create(window));
        menu.add(views);
        menu.add(action(ActionFactory.RESET_PERSPECTIVE));
        menu.add(new Separator(MB_ADDITIONS));
        menu.add(new Separator());
        menu.add(action(ActionFactory.PREFERENCES));
        return menu;
    }

    private MenuManager helpMenu() {
        MenuManager menu = new MenuManager("&Help", IWorkbenchActionConstants.M_HELP);
        menu.add(new GroupMarker("group.intro"));
        menu.add(action(ActionFactory.INTRO));
        menu.add(new GroupMarker("group.main"));
        menu.add(action(ActionFactory.HELP_CONTENTS));
        menu.add(action(ActionFactory.DYNAMIC_HELP));
        menu.add(new GroupMarker(IWorkbenchActionConstants.HELP_START));
        menu.add(new GroupMarker("group.tutorials"));
        menu.add(new GroupMarker("group.tools"));
        menu.add(new GroupMarker("group.updates"));
        menu.add(new GroupMarker(IWorkbenchActionConstants.HELP_END));
        menu.add(new Separator(MB_ADDITIONS));
        menu.add(new Separator("group.about"));
        menu.add(action(ActionFactory.ABOUT));
        return menu;
    }

    @Override
    protected void fillCoolBar(ICoolBarManager bar) {
        bar.add(new GroupMarker(IWorkbenchActionConstants.GROUP_FILE));
        bar.add(new GroupMarker(MB_ADDITIONS));
        bar.add(new GroupMarker(IWorkbenchActionConstants.GROUP_EDITOR));
        bar.add(new GroupMarker(IWorkbenchActionConstants.GROUP_HELP));
    }

    /** Registered, so that its key works and parts can take it over. */
    private IAction action(ActionFactory factory) {
        IAction known = getAction(factory.getId());
        if (known != null) {
            return known;
        }
        ActionFactory.IWorkbenchAction action = factory.create(window);
        register(action);
        return action;
    }
}
